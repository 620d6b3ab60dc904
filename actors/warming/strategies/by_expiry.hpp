// The strategy that renews entries shortly before they expire.
//
//   refresh_ahead  the entries that are past `threshold` of their TTL, or that lot chooses earlier. P is that
//                  of popular over the next TTL: an entry that nobody uses is left to expire
//
// The lot is XFetch (messages/early_renewal.hpp); a beta above 1 is earlier, 0 switches it off. `lead` is how
// long it is until the strategy runs again: what would expire before that is renewed now.
//
// Candidates carry refresh: the fill replaces the entry only if it did not change meanwhile.
#pragma once

#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

std::vector<strategy> strategies_by_expiry();

}  // namespace stoker
