// Learns what is popular in a Redis from the counters that it keeps itself under an LFU policy: some keys a
// second, drawn evenly (RANDOMKEY), are asked how often they are used (OBJECT FREQ), which counts as no use.
//
// Sampling tells how often keys are used, not when or in which order. So that prediction stays honest, what
// is recorded is marked as such (access_outcome::sampled): it counts for popularity, and for neither hit
// ratios nor sequences nor intervals. Each key gets, in the long run, a number of accesses in proportion to
// its rate (lfu_rate.hpp); all together no more than max_accesses_per_second, thinned evenly beyond.
//
// Load on the server: commands_per_second, pipelined, ten times a second. Needs +randomkey +object|freq
// +dbsize and, to learn the server's LFU settings, +config|get.
#pragma once

#include <memory>

#include "apps/feeds/feed_thread.hpp"
#include "apps/feeds/lfu_rate.hpp"
#include "apps/feeds/tally.hpp"
#include "messages/time.hpp"
#include "storage/caches/redis/redis_cache.hpp"

namespace stoker::feeds {

struct redis_sampling_config {
  redis_config server;               // with its key_prefix: other keys are left out
  double commands_per_second = 200;  // two for each key; 2 to 100,000
  double max_accesses_per_second = 1000;
  lfu_settings assumed;  // where the server does not tell its own
};

// Throws stoker::error, which names the field.
void validate(const redis_sampling_config& config);

class redis_sampling final : public feed {
 public:
  // Throws stoker::error when the config is not valid.
  redis_sampling(redis_sampling_config config, access_sink sink);
  ~redis_sampling() override;

  void start() override;
  void stop() override;
  bool connected() const override { return counts_.connected(); }
  feed_counters counters() const override { return counts_.counters(); }
  std::string last_error() const override { return counts_.error(); }

 private:
  class sampler;

  const redis_sampling_config config_;
  const access_sink sink_;
  tally counts_;
  feed_thread thread_;
};

}  // namespace stoker::feeds
