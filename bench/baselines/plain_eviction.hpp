// A cache without prefetching, ordered by one of the memory cache's own eviction policies.
#pragma once

#include "bench/baselines/simulation.hpp"
#include "storage/caches/memory/eviction.hpp"

namespace stoker::baselines {

// REQUIRES: as simulate_lru.
outcome simulate_eviction(std::span<const key_id> accesses, std::uint64_t distinct_keys,
                          std::uint64_t capacity, eviction kind);

}  // namespace stoker::baselines
