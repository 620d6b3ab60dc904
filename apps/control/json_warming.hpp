// What runs of warming came to, as JSON. Pure.
#pragma once

#include "apps/control/json.hpp"

namespace stoker {

struct cache_share;
struct environment_check;
struct environment_report;
struct item_problem;
struct phase_report;
struct rollback_report;
struct slow_load;
struct warm_progress;
struct warm_report;
struct warming_performance;

control::json to_json(const phase_report& x);
control::json to_json(const slow_load& x);
control::json to_json(const item_problem& x);
control::json to_json(const warm_progress& x);
control::json to_json(const warm_report& x);
control::json to_json(const rollback_report& x);
control::json to_json(const environment_check& x);
control::json to_json(const environment_report& x);
control::json to_json(const warming_performance& x);
control::json to_json(const cache_share& x);

}  // namespace stoker
