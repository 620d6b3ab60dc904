// The strategy that warms a user's or session's recent keys, when he signs in.
//
//   subject  the keys that this subject used last, by kind: "session", "forms", "navigation", or the host's
//            own. P = 0.8 / (1 + rank / 16), by how recent the key is among his own (probability.hpp)
//
// A subject whose keys were warmed within `again_after` is left alone, and the report says so in a note; that
// is no error. A subject nobody knows has no keys, which is a note as well.
#pragma once

#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

std::vector<strategy> strategies_by_subject();

}  // namespace stoker
