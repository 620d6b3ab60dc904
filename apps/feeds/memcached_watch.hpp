// Watches what a memcached's clients fetch: `watch fetchers`, which memcached tells from a buffer, and drops
// from it rather than slow down its clients. What it says it dropped is counted here.
//
// memcached tells of lines that it could not send to a watcher, and counts (for all watchers together) those
// that its workers could not buffer; both are `dropped`. Stoker's own lookups are left out (watch_lines.hpp).
// Each connection of a client's is one connection to the application, no user: its accesses are the feed's
// one stream, in the order in which the server tells them.
//
// The connection is made again when it breaks, with back-off.
#pragma once

#include <memory>

#include "apps/feeds/feed_thread.hpp"
#include "apps/feeds/tally.hpp"
#include "messages/time.hpp"
#include "storage/caches/memcached/memcached_cache.hpp"

namespace stoker::feeds {

struct memcached_watch_config {
  memcached_config server;                             // with its key_prefix: other keys are left out
  duration count_interval = std::chrono::seconds{10};  // between two questions how much was dropped
};

// Throws stoker::error, which names the field.
void validate(const memcached_watch_config& config);

class memcached_watch final : public feed {
 public:
  // Throws stoker::error when the config is not valid.
  memcached_watch(memcached_watch_config config, access_sink sink);
  ~memcached_watch() override;

  void start() override;
  void stop() override;
  bool connected() const override { return counts_.connected(); }
  feed_counters counters() const override { return counts_.counters(); }
  std::string last_error() const override { return counts_.error(); }

 private:
  class watcher;

  const memcached_watch_config config_;
  const access_sink sink_;
  tally counts_;
  feed_thread thread_;
};

}  // namespace stoker::feeds
