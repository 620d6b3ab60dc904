// Schedules as JSON. Pure.
#pragma once

#include "apps/control/json.hpp"

namespace stoker {

struct schedule_change;
struct schedule_changes;
struct schedule_state;
struct scheduler_status;

control::json to_json(const schedule_state& x);
control::json to_json(const scheduler_status& x);
control::json to_json(const schedule_change& x);
control::json to_json(const schedule_changes& x);

}  // namespace stoker
