// Launches a daemon that goes on when the command that launched it is over.
#pragma once

#include <sys/types.h>

#include <string>

#include "apps/stoker/daemon_client.hpp"

namespace stoker::cli {

struct background_daemon {
  std::string configuration;  // empty: none, the environment alone
  std::string folder;         // of its state, where its log goes
  std::string program{};      // empty: this program
  double patience_s = 30;     // until it answers
};

// Returns when the daemon answers `client`, with its process id. Throws failure when it does not, or ends at
// once; its log is in the file that the text names.
pid_t launch(const background_daemon& what, daemon_client& client);

}  // namespace stoker::cli
