// The optimum without prefetching: L. A. Belady, "A study of replacement algorithms for a virtual-storage
// computer", IBM Systems Journal 5(2), 1966 (MIN). Evicts what is demanded farthest in the future: a bound,
// not a policy.
#pragma once

#include "bench/baselines/simulation.hpp"

namespace stoker::baselines {

// REQUIRES: as simulate_lru.
outcome simulate_belady(std::span<const key_id> accesses, std::uint64_t distinct_keys,
                        std::uint64_t capacity);

}  // namespace stoker::baselines
