// A configuration in words: what `stoker serve --check` prints. Secrets don't stand in it.
#pragma once

#include <string>

#include "apps/configuration/daemon_settings.hpp"

namespace stoker::daemon {

// Several lines, each ended.
std::string describe(const configuration::daemon_settings& settings);

}  // namespace stoker::daemon
