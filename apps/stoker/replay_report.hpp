// The result of a replay as text: one JSON object for programs, a table for people. Pure.
#pragma once

#include <string>

#include "apps/replay/replay.hpp"

namespace stoker::cli {

// Ratios are fractions. The fields of a restart stand there only when options.restart_at is set;
// requests_to_warm is null when the cache never became warm.
std::string to_json(const replay_result& result, const replay_options& options);
std::string to_table(const replay_result& result, const replay_options& options);

}  // namespace stoker::cli
