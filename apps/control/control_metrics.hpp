// What the server counts of itself, in Prometheus's text format. Pure.
#pragma once

#include <string>

#include "apps/control/control_server.hpp"

namespace stoker::control {

std::string control_metrics_text(const control_counters& counted);

}  // namespace stoker::control
