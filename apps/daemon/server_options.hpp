// The control server as a configuration describes it, without what the daemon's folder adds.
#pragma once

#include "apps/configuration/daemon_settings.hpp"
#include "apps/control/control_server.hpp"

namespace stoker::daemon {

control::control_options options_of(const configuration::server_settings& server);

}  // namespace stoker::daemon
