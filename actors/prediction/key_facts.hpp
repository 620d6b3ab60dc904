// What the predictor knows of one key, in 12 bytes.
#pragma once

#include <cstdint>

namespace stoker::learning {

struct key_facts {
  // `occurrences` is halved together with the counts of the successors when it gets here: what is old fades.
  static constexpr std::uint8_t most_occurrences = 62;
  static constexpr std::uint8_t most_demands = 255;
  static constexpr std::uint8_t most_gap = 63;  // no number has more half-octaves

  std::uint32_t last_demand = 0;      // clock of the predictor; valid when demands > 0
  std::uint32_t first_successor = 0;  // position in the pool of successor_lists; valid when room > 0
  std::uint8_t demands = 0;           // saturates
  std::uint8_t last_gap : 6 = 0;      // half-octaves between the last two demands; valid when demands > 1
  std::uint8_t unused : 1 = 0;        // prefetched, and neither demanded nor gone since
  std::uint8_t helpful : 1 = 0;       // its successors led to a prefetch that was used
  std::uint16_t occurrences : 6 = 0;  // as a source of successors
  std::uint16_t successors : 5 = 0;   // length of the list
  std::uint16_t room : 5 = 0;         // successors that its block can hold
};

static_assert(sizeof(key_facts) == 12);

}  // namespace stoker::learning
