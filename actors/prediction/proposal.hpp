// What goes into a predictor and what comes out: demands, and proposals with their reasons.
#pragma once

#include <cstdint>

#include "actors/prediction/key_names.hpp"
#include "messages/access.hpp"

namespace stoker {

// One user access, in order.
struct demand {
  key_id key = no_key;
  std::uint64_t stream = 0;  // subject, session, connection or thread; 0: nothing known
  access_outcome outcome = access_outcome::miss;
};

// What proposes a candidate.
enum class candidate_source : std::uint8_t {
  successor,  // it followed the key just demanded
  episode,    // a recorded sequence seems to be replayed
  neighbour,  // it is at a usual distance from the key just demanded, as a number
  external,   // somebody outside says so: popular, due, of this hour
  count,
};

const char* to_string(candidate_source source) noexcept;

struct proposal {
  key_id key = no_key;
  float probability = 0;  // calibrated: demanded before it would be evicted
  candidate_source source = candidate_source::successor;
  key_id source_key = no_key;      // which key it follows
  std::uint32_t observations = 0;  // how often that was seen
};

}  // namespace stoker
