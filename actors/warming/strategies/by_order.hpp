// Strategies that warm what a person said should be warm.
//
//   priority  keys given one by one, and keys that match globs, of a priority that is given too. P of a key
//             that is named is named_probability, that of a match as of popular, at least
//             selected_probability. Globs find keys that were used or described before
//   tasks     the tasks that the host registered, with their own priorities, TTLs and tags
//   critical  those of them that are critical: by their flag, or by a priority of 100 and more
//
// A registered task is P = 1: it is demanded by its registration. Its priority decides its phase.
#pragma once

#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

std::vector<strategy> strategies_by_order();

}  // namespace stoker
