// The daemon as a process: from its configuration file to its exit code.
//
// Signals: HUP reads the configuration anew; TERM and INT end it in order, the second of them at once. The
// service manager is told of all of it. Threads: to be called by the main thread, before others are started.
#pragma once

#include <string>

#include "apps/configuration/environment.hpp"

namespace stoker::daemon {

struct serve_options {
  std::string configuration{};  // path; empty: none, the environment alone
  configuration::environment variables{};
};

enum class serve_result {
  ended,      // as it was told to
  failed,     // it could not start, could not keep what was learned, or was forced
  malformed,  // the configuration is wrong
};

// Returns when it was told to end. What goes wrong stands in the log.
serve_result serve(const serve_options& options);

}  // namespace stoker::daemon
