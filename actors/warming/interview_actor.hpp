// Interview: carries the questions of one asking strategy to those who know, round by round, until it knows
// enough to propose (strategy.hpp, questions.hpp).
//
// Runs within the warmer: requests and their handlers are the warmer's, nothing is waited for. Ends once, by
// settle(answer): with candidates; with candidates and an error, when some tracker did not answer; or with an
// error alone.
#pragma once

#include <functional>

#include "actors/warming/gathering_actor.hpp"

namespace stoker {

using settle_function = std::function<void(strategy_answer)>;

// REQUIRES: the choice is of an asking strategy.
void interview(warmer_actor::pointer self, const gathering_settings& settings, const chosen_strategy& choice,
               settle_function settle);

}  // namespace stoker
