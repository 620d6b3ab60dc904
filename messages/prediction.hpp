// What a cache asks of its predictor: which one, and how much origin load it may spend.
#pragma once

#include <cstdint>

namespace stoker {

enum class predictor_kind : std::uint8_t { none, popular, stoker };

// A budget of origin load, (demand misses + prefetches) / misses of a plain LRU of the same size, kept per
// cache.
enum class operating_point : std::uint8_t { frugal, balanced, eager };

}  // namespace stoker
