// Feeds as JSON. Pure.
#pragma once

#include "apps/control/feed_status.hpp"
#include "apps/control/json.hpp"

namespace stoker::control {

json to_json(const feed_status& x);

}  // namespace stoker::control
