// What a run came to, and what one would do, for people. Pure.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

// A warm_report.
std::string run_text(const nlohmann::ordered_json& report, const palette& paint);
// 4: a bound, pressure or somebody ended it early; 1: it failed, or every load of it did.
exit_code code_of_run(const nlohmann::ordered_json& report);

// A warming_performance.
std::string performance_text(const nlohmann::ordered_json& performance, const palette& paint);

// A warm_plan; of its keys the first `items`, and of each reason for leaving keys out an example.
std::string plan_text(const nlohmann::ordered_json& plan, std::size_t items, const palette& paint);

}  // namespace stoker::cli
