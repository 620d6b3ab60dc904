// When an entry is renewed before it expires, by lot: XFetch, of Vattani, Chierichetti and Lowenstein,
// "Optimal Probabilistic Cache Stampede Prevention" (VLDB 2015, section 4).
//
// Renew when now - delta x beta x ln(random) >= expiry, where delta is what a load costs. So entries that
// were stored together are not renewed together, costly ones are renewed earlier, and one that is read often
// is renewed before it is missed. A beta of 1 is optimal where delta is known; above it is earlier, and 0
// never renews.
#pragma once

#include <cmath>

#include "messages/time.hpp"

namespace stoker {

// `random` is uniform in [0, 1). REQUIRES: ttl_left > 0.
inline bool renews_early(duration ttl_left, duration load_cost, double beta, double random) noexcept {
  const auto gap = static_cast<double>(load_cost.count()) * beta * -std::log1p(-random);
  return gap >= static_cast<double>(ttl_left.count());
}

// Whether renews_early() may be true for some `random`: spares most reads the lot. -ln(random) is below 37
// for all doubles that are not 0.
inline bool may_renew_early(duration ttl_left, duration load_cost, double beta) noexcept {
  constexpr double largest_draw = 37;
  return static_cast<double>(load_cost.count()) * beta * largest_draw >=
         static_cast<double>(ttl_left.count());
}

}  // namespace stoker
