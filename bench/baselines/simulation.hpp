// Replays a trace through a simulated cache with a published prefetcher: the ground on which peers are
// compared.
//
// The rules are those of replay: a cache of so many objects, keys opaque, only the past known at each access,
// a prefetched object there before the next request, taking room at once and perhaps evicting. Keys are ids,
// dense from 0. Pure, deterministic; threads: none.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stoker::baselines {

using key_id = std::uint32_t;

struct outcome {
  std::uint64_t requests = 0;
  std::uint64_t hits = 0;
  std::uint64_t prefetches = 0;
  std::uint64_t useful_prefetches = 0;  // demanded before they were evicted
  std::uint64_t metadata_bytes = 0;     // everything learned, at the end
  double seconds = 0;                   // that it took, where the simulation measures it itself

  std::uint64_t misses() const { return requests - hits; }
  double hit_ratio() const { return static_cast<double>(hits) / static_cast<double>(requests); }
};

class prefetcher {
 public:
  virtual ~prefetcher() = default;
  // A key is demanded; `hit`: it was in the cache. Called before a missing key is put there.
  virtual void accessed(key_id key, bool hit) = 0;
  // After that: appends what to prefetch, in this order; keys that are in the cache already are passed over.
  virtual void propose(key_id key, std::vector<key_id>& out) = 0;
  // How often a prefetched object that nobody used is put back in front instead of being evicted.
  virtual int extra_rounds() const { return 0; }
  virtual std::uint64_t metadata_bytes() const = 0;
};

// LRU; with a prefetcher when there is one. REQUIRES: every access below `distinct_keys`, capacity at
// least 1.
outcome simulate_lru(std::span<const key_id> accesses, std::uint64_t distinct_keys, std::uint64_t capacity,
                     prefetcher* prefetching);

}  // namespace stoker::baselines
