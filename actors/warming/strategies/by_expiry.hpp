// The strategy that renews entries shortly before they expire.
//
//   refresh_ahead  the entries that are past `threshold` of their TTL, or that lot chooses earlier. P is that
//                  of popular over the next TTL: an entry that nobody uses is left to expire
//
// The lot is that of Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention"
// (VLDB 2015, section 4, XFetch): renew when now - delta x beta x ln(random) >= expiry, where delta is what a
// load costs. So entries that were stored together are not renewed together, and costly ones are earlier.
// beta above 1 is earlier, 0 switches the lot off. `lead` is how long it is until the strategy runs again:
// what would expire before that is renewed now.
//
// Candidates carry refresh: the fill replaces the entry only if it did not change meanwhile.
#pragma once

#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

// Whether to renew now, with `random` uniform in [0, 1). REQUIRES: ttl_left > 0.
bool renews_early(duration ttl_left, duration load_cost, double beta, double random) noexcept;

std::vector<strategy> strategies_by_expiry();

}  // namespace stoker
