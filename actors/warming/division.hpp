// Division: how caches that are warmed in one pass share the memory budget, and the calls of their origins.
// Pure.
//
// The items of all caches compete: a higher priority class goes first, and within it what brings most for
// what it takes, probability x miss cost x (1 - hit ratio) / (bytes / budget + 1 / calls). One more entry
// brings the less, the more a cache hits already; so the lowest hit ratio and the highest miss cost go first.
// Before they compete, a tenth of the budget and of each origin's calls is dealt out evenly, and each cache
// takes its own best items from its part, one at least where there is room: none starves.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/cache_share.hpp"

namespace stoker {

// Of the budget and of an origin's calls: what is dealt out evenly first.
inline constexpr double even_share = 0.1;

struct claimed_item {
  double worth = 0;  // probability of use x what a miss costs, microseconds
  std::uint64_t bytes = 0;
  std::int32_t priority = 0;
};

// What one cache would warm if it were alone, best first.
struct warming_claim {
  std::string cache;
  std::string origin;
  double hit_ratio = -1;           // of late; negative: not known, counts as 0
  std::vector<std::string> reads;  // caches that its loader reads
  std::vector<claimed_item> items;
};

struct division_bounds {
  std::uint64_t bytes = 0;
  std::map<std::string, std::uint64_t> calls;  // by origin; one that is not named gives as many as are wanted
};

// INVARIANT of the result: one share a claim, in their order; the bytes together are within the bounds, and
// so are the items of the caches that share an origin.
std::vector<cache_share> divide(const std::vector<warming_claim>& claims, const division_bounds& bounds);

// The claims (by number) in the order in which they are to be warmed: those of one wave beside each other,
// wave after wave. A cache comes in a later wave than those that its loader reads; where caches read each
// other in a circle, the circle is cut where it is entered. Within a wave the lowest hit ratio is first.
std::vector<std::vector<std::size_t>> waves_of(const std::vector<warming_claim>& claims);

}  // namespace stoker
