// Plain LRU over a trace: the baseline of origin load.
#pragma once

#include <cstdint>

#include "storage/traces/trace.hpp"

namespace stoker::replaying {

// Misses of an LRU cache of `entries`. REQUIRES: entries >= 1.
std::uint64_t plain_lru_misses(const trace& recorded, std::uint64_t entries);

}  // namespace stoker::replaying
