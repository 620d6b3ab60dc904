// What one cache was given of the budget and the calls that caches share when they are warmed together.
#pragma once

#include <cstdint>
#include <string>

namespace stoker {

struct cache_share {
  std::string cache{};
  std::uint64_t bytes = 0;  // of the memory budget
  std::uint64_t items = 0;  // at most one origin call each
  std::uint32_t wave = 0;   // a cache comes after those that its loader reads
};

}  // namespace stoker
