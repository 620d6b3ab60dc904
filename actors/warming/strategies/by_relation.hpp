// Strategies that start from certain keys and propose what goes with them.
//
//   correlated    the keys used together with the given ones, or with those used most. A pair counts when it
//                 was seen at least `min_count` times and its strength, co-accesses / accesses of the key it
//                 starts from, is above `strength`. P = strength x P(the key it starts from is used): 1 for
//                 given keys, as of popular for the others. Of several that lead to one key, the likeliest
//                 counts
//   predictive    what the cache's predictor expects after the given keys; P is the predictor's own,
//                 calibrated; only candidates of at least `confidence`
//   dependencies  the given keys, or those used most, with what they need as the host told by depends(),
//                 `depth` levels down; P of what is needed is that of what needs it. Cycles are cut
//
// What dependencies add is followed by the warmer, in the cache's dependency graph (dependency_graph.hpp); so
// it is for every strategy, two levels down, unless a strategy has a parameter "depth".
#pragma once

#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

std::vector<strategy> strategies_by_relation();

}  // namespace stoker
