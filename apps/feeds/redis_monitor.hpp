// Listens to all commands of a Redis for a few seconds now and then (MONITOR), and records the reads in their
// order: what sampling can't tell, and what prediction lives on.
//
// MONITOR costs the server: with one client listening it may do half the commands a second. So it is bounded:
// `sample` seconds in each `period`, and `max_lines` of them. What is recorded is a sample: right in order
// and in how keys compare, too low as a rate, by sample / period.
//
// What is not told is what was found: accesses count as hits, or as misses (`assume_hits`). Each client
// connection is a stream of its own; over a Unix socket all clients have one name, and one stream. Stoker's
// own reads are left out (monitor_lines.hpp).
#pragma once

#include <memory>

#include "apps/feeds/feed_thread.hpp"
#include "apps/feeds/tally.hpp"
#include "messages/time.hpp"
#include "storage/caches/redis/redis_cache.hpp"

namespace stoker::feeds {

struct redis_monitor_config {
  redis_config server;  // with its database and key_prefix: other keys are left out
  duration sample = std::chrono::seconds{5};
  duration period = std::chrono::minutes{10};  // from the beginning of one sample to that of the next
  std::uint64_t max_lines = 1'000'000;         // of one sample
  bool assume_hits = true;
};

// Throws stoker::error, which names the field.
void validate(const redis_monitor_config& config);

class redis_monitor final : public feed {
 public:
  // Throws stoker::error when the config is not valid.
  redis_monitor(redis_monitor_config config, access_sink sink);
  ~redis_monitor() override;

  // The first sample begins at once.
  void start() override;
  void stop() override;
  bool connected() const override { return counts_.connected(); }
  feed_counters counters() const override { return counts_.counters(); }
  std::string last_error() const override { return counts_.error(); }
  bool listening() const noexcept { return listening_; }

 private:
  class listener;

  const redis_monitor_config config_;
  const access_sink sink_;
  tally counts_;
  std::atomic<bool> listening_{false};
  feed_thread thread_;
};

}  // namespace stoker::feeds
