// What the predictor knows of one key, in 16 bytes.
#pragma once

#include <cstdint>

namespace stoker::learning {

struct key_facts {
  // `occurrences` is halved together with the counts of the successors when it gets here: what is old fades.
  static constexpr std::uint8_t most_occurrences = 62;
  static constexpr std::uint8_t most_demands = 255;

  std::uint32_t last_demand = 0;      // clock of the predictor; valid when demands > 0
  std::uint32_t first_successor = 0;  // position in the pool of successor_lists; valid when room > 0
  std::uint8_t successors = 0;        // length of the list
  std::uint8_t room = 0;              // successors that its block can hold
  std::uint8_t occurrences = 0;       // as a source of successors
  std::uint8_t demands = 0;           // saturates
  std::uint8_t last_gap = 0;          // half-octaves between the last two demands; valid when demands > 1
  bool resident = false;              // believed to be in the cache, or on its way there
  bool unused = false;                // resident by a prefetch, and not demanded since
  bool helpful = false;               // its successors led to a prefetch that was used
};

static_assert(sizeof(key_facts) == 16);

}  // namespace stoker::learning
