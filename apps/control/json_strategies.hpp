// Strategies, what came of them, and the warmers that run them, as JSON. Pure.
#pragma once

#include "apps/control/json.hpp"

namespace stoker {

struct item_count;
struct run_count;
struct strategy_description;
struct strategy_parameter;
struct strategy_proof;
struct strategy_run;
struct warmer_status;

control::json to_json(const strategy_parameter& x);
control::json to_json(const strategy_description& x);
control::json to_json(const strategy_proof& x);
control::json to_json(const strategy_run& x);
control::json to_json(const item_count& x);
control::json to_json(const run_count& x);
control::json to_json(const warmer_status& x);

}  // namespace stoker
