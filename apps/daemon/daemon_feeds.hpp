// The feeds of a daemon: each is started when it is added, and tried again for as long as it can't be.
//
// Ownership: owns the feeds; the engine that they record into outlives them. Threads: status() from any; all
// others from one at a time. Errors: what stands in the way of a feed is its last error, and stops nothing
// else.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "apps/configuration/daemon_settings.hpp"
#include "apps/control/feed_status.hpp"
#include "stoker/engine.hpp"

namespace stoker::daemon {

// A feed's source was lost or found.
struct feed_change {
  bool found = false;
  std::string line{};  // for the log
};

class daemon_feeds {
 public:
  // `folder`: where they keep what they have to know after a restart; made when it is first needed.
  explicit daemon_feeds(std::string folder);
  ~daemon_feeds();
  daemon_feeds(const daemon_feeds&) = delete;
  daemon_feeds& operator=(const daemon_feeds&) = delete;

  // Takes the place of one of the same name. Throws stoker::error for a configuration that can't work.
  void add(const configuration::feed_settings& settings, engine& into);
  // Ends it, when there is one of this name.
  void remove(const std::string& name);
  void stop();

  // Starts those that could not be before. Returns what changed since the last call.
  std::vector<feed_change> look_around();

  std::vector<control::feed_status> status() const;

 private:
  struct one;

  void start(one& feed);

  const std::string folder_;
  mutable std::mutex mutex_;  // of the map; held while feeds are added and removed, not while they stop
  std::map<std::string, std::unique_ptr<one>> feeds_;
};

}  // namespace stoker::daemon
