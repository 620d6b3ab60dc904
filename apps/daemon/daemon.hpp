// The daemon: an engine with its caches, its background warming and its control API, from a configuration,
// without the process around it (serve.hpp).
//
// Ownership: owns all of it, and the lock on its folder. Threads: members one at a time, from threads that
// don't serve requests. Errors: the constructor throws stoker::error: errc::busy when another daemon has the
// folder, errc::invalid_argument for a configuration that can't work, errc::unavailable for an address that
// can't be bound.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/configuration/daemon_settings.hpp"
#include "stoker/engine.hpp"

namespace stoker::daemon {

// What a new configuration came to, in a line each.
struct reload_report {
  std::vector<std::string> applied{};
  std::vector<std::string> needs_restart{};
};

class running_daemon {
 public:
  // It serves when this returns; warming goes on in the background.
  explicit running_daemon(configuration::daemon_settings settings);
  // Drains, unless that was done.
  ~running_daemon();
  running_daemon(const running_daemon&) = delete;
  running_daemon& operator=(const running_daemon&) = delete;

  // Puts into force what can be. Throws stoker::error when nothing was changed: the configuration can't work.
  reload_report reload(configuration::daemon_settings fresh);

  // Stops listening, lets runs that are under way finish within the configured patience, and keeps what was
  // learned. What is not over then is resumed at the next start. False: some of it could not be kept.
  bool drain();

  // Logs what schedules came to since the last call, and returns how the daemon is in one line for people.
  // Throws stoker::error when the engine does not answer in time.
  std::string look_around();

  // Where clients reach it, as they are given it as --server; empty: nowhere.
  std::string url() const;
  engine& served() noexcept;

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace stoker::daemon
