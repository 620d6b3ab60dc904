// What is outside of the process as JSON: caches there, and snapshots on disk. Pure.
#pragma once

#include "apps/control/json.hpp"

namespace stoker {

struct named_trouble;
struct outside_status;
struct snapshot_status;

control::json to_json(const named_trouble& x);
control::json to_json(const outside_status& x);
control::json to_json(const snapshot_status& x);

}  // namespace stoker
