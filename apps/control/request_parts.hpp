// Parts that several requests have in common. Pure.
#pragma once

#include "apps/control/fields.hpp"
#include "messages/warming.hpp"

namespace stoker::control {

// Why a run was made, where the client doesn't say.
inline constexpr const char* default_reason = "api";

// The fields of a run: cache, strategies, parameters, limit, policy, budget_bytes, deadline_s, reason.
void read_request(fields& from, warm_request& into);
void read_figures(fields& from, const char* name, std::vector<std::pair<std::string, double>>& into);

}  // namespace stoker::control
