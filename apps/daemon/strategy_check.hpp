// Whether the strategies that a configuration names are there, and take the parameters that they are given.
#pragma once

#include "apps/configuration/daemon_settings.hpp"

namespace stoker::daemon {

// Throws stoker::error, which names file, line and table, and the strategies there are.
void check_strategies(const configuration::daemon_settings& settings);

}  // namespace stoker::daemon
