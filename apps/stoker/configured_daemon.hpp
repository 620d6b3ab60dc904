// How a daemon is reached that a configuration describes: address and token.
#pragma once

#include <string>

#include "apps/configuration/daemon_settings.hpp"
#include "apps/stoker/daemon_client.hpp"

namespace stoker::cli {

inline constexpr auto usual_configuration = "/etc/stoker/stoker.toml";

// `given`; or, when it is empty, the usual one, if it is there; else empty.
std::string configuration_or_usual(const std::string& given);

// Throws usage_error, which names file, line and key.
configuration::daemon_settings read_settings(const std::string& configuration);

// Where nothing is said of server and token on the command line and in the environment, the daemon's own. Its
// token is known once it has run.
connection_options reach(const configuration::daemon_settings& settings, connection_options given);

}  // namespace stoker::cli
