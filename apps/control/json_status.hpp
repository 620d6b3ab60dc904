// The state of an engine and its parts, as JSON. Pure.
#pragma once

#include "apps/control/json.hpp"

namespace stoker {

struct actor_status;
struct cache_status;
struct collector_status;
struct engine_status;
struct historian_status;
struct origin_status;
struct predictor_status;
struct source_status;
struct tracker_status;

control::json to_json(const actor_status& x);
control::json to_json(const cache_status& x);
control::json to_json(const source_status& x);
control::json to_json(const predictor_status& x);
control::json to_json(const origin_status& x);
control::json to_json(const tracker_status& x);
control::json to_json(const collector_status& x);
control::json to_json(const historian_status& x);
control::json to_json(const engine_status& x);

}  // namespace stoker
