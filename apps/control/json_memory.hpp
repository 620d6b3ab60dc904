// Memory as JSON. Pure.
#pragma once

#include "apps/control/json.hpp"

namespace stoker {

struct arbiter_status;
struct memory_event;
struct memory_events;
struct memory_reading;
struct memory_report;

control::json to_json(const memory_reading& x);
control::json to_json(const memory_report& x);
control::json to_json(const arbiter_status& x);
control::json to_json(const memory_event& x);
control::json to_json(const memory_events& x);

}  // namespace stoker
