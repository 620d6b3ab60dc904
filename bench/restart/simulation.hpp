// The restart story in simulated time: how long a cold cache takes, and what the best of all warmers could
// reach: one that knows every key's popularity, and never leaves a call that the origin would have taken.
//
// The LRU is exact. The LFU is Redis' own (allkeys-lfu with lfu-decay-time 0): a logarithmic counter, and
// the lowest of a few sampled keys evicted by way of a pool of sixteen (evict.c of Redis 7.0).
#pragma once

#include <memory>

#include "bench/restart/workload.hpp"

namespace stoker::bench {

enum class redis_policy { lru, lfu };

class simulated_cache {
 public:
  virtual ~simulated_cache() = default;
  // Counts as a use when it is there.
  virtual bool get(std::uint32_t key) = 0;
  // Evicts when it is full; a key that is there stays as it is.
  virtual void put(std::uint32_t key) = 0;
  virtual bool contains(std::uint32_t key) const = 0;
};

std::unique_ptr<simulated_cache> simulate(redis_policy policy, const restart_settings& settings);

struct foreseen {
  double cold_s = 0;  // until warm
  double best_s = 0;
};

foreseen foresee(const workload& work, redis_policy policy);

}  // namespace stoker::bench
