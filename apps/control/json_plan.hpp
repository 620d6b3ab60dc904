// Plans as JSON. Pure.
#pragma once

#include "apps/control/json.hpp"

namespace stoker {
struct candidate;
struct left_out_candidate;
struct planned_phase;
struct warm_plan;

control::json to_json(const candidate& x);
control::json to_json(const planned_phase& x);
control::json to_json(const left_out_candidate& x);

// A plan, of which at most `items` items are told, and as many of those left out; `truncated` says whether
// that were not all. `id` is empty for a plan that is not kept.
control::json plan_to_json(const warm_plan& plan, const std::string& id, std::size_t items);
// The same in a line, for a list of plans that are kept.
control::json plan_summary(const warm_plan& plan, const std::string& id);

}  // namespace stoker
