// What a new configuration changes in a daemon that runs: what can be put into force at once, and what can't
// be without a restart.
//
// Pure. Threads: any.
#pragma once

#include <string>
#include <vector>

#include "apps/configuration/daemon_settings.hpp"

namespace stoker::daemon {

struct configuration_changes {
  bool log = false;
  bool background = false;                // schedules, calendars, and what [warming] says of them
  std::vector<std::string> new_caches{};  // by name
  std::vector<std::string> new_rules{};   // caches of which nothing but the key rules changed
  std::vector<std::string> new_limits{};  // origins of which nothing but the limits changed
  std::vector<std::string> feeds{};       // that came, changed or went, by name
  // A line each: "[server] changed; a restart is needed".
  std::vector<std::string> needs_restart{};

  bool none() const noexcept {
    return !log && !background && new_caches.empty() && new_rules.empty() && new_limits.empty() &&
           feeds.empty() && needs_restart.empty();
  }
};

// `in_force`: as the daemon runs. The files' folders, tokens and the like count as they were read, so that a
// secret that changed in a file of its own is noticed, too.
configuration_changes compare(const configuration::daemon_settings& in_force,
                              const configuration::daemon_settings& fresh);

// Whether a table (as configuration_file::written() names them) is about background warming.
bool is_background(const std::string& table);

}  // namespace stoker::daemon
