// What a pass over several caches has to divide, and what each cache claims of it. Pure, but for looking at
// the cache's counters.
#pragma once

#include "actors/warming/division.hpp"
#include "messages/status.hpp"
#include "messages/together.hpp"

namespace stoker {

struct managed_cache;

// What the cache would warm by this plan, and how much it needs it.
warming_claim claim_of(const managed_cache& cache, const warm_plan& plan);

// The memory that the policy allows, within the request's budget and `total_limit` (0: none), and the calls
// that the origins' limits allow while the pass lasts.
division_bounds bounds_of(const engine_status& now, const warm_together_request& request,
                          const std::vector<warming_claim>& claims, std::uint64_t total_limit,
                          duration lasting);

}  // namespace stoker
