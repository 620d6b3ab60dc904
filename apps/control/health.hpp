// Health: how well an engine is, part by part. Pure.
#pragma once

#include <string>
#include <vector>

#include "apps/control/json.hpp"
#include "messages/status.hpp"

namespace stoker::control {

// `degraded` works and wants looking at; `failing` does not work.
enum class condition { ok, degraded, failing };

struct component_health {
  std::string component{};  // "engine", "warmer", "tracker", ...
  condition status = condition::ok;
  std::string detail{};
};

struct health {
  condition status = condition::ok;  // the worst of the components
  time_point at{};
  std::vector<component_health> components{};
};

health health_of(const engine_status& status);
// Of one component alone; false: there is none of this name.
bool narrow(health& whole, const std::string& component);

json to_json(const health& x);

}  // namespace stoker::control
