// What the built-in strategies are made of: the parameters that many of them have, the usual question, and
// the step from an answer to candidates.
//
// A proposal leaves candidate::strategy empty: whoever asks a strategy signs what it proposes.
#pragma once

#include <functional>

#include "actors/warming/strategies/probability.hpp"
#include "actors/warming/strategy.hpp"

namespace stoker {

// "limit": keys to propose at most. A run that asks for more items than that gets them.
parameter_declaration limit_parameter(const char* default_keys = "10000");
// "horizon": how far ahead a use counts.
parameter_declaration horizon_parameter();
// "keys": a list.
parameter_declaration keys_parameter(const char* description, bool required);

// The most that the strategy may propose: its own limit, or the run's when that is higher.
std::uint32_t limit_of(const strategy_context& context);
// How far ahead a use counts, and never past the cache's TTL. REQUIRES: horizon_parameter().
duration horizon_of(const strategy_context& context);

// REQUIRES: limit_parameter().
top_request top_question(ranking by, const strategy_context& context);

candidate propose_key(std::string key, double probability);
candidate propose_key(const ranked_key& ranked, double probability);
candidate propose_key(const key_statistics& known, double probability);
// Each key, with probability(key).
strategy_proposal propose_keys(const ranked_keys& ranked,
                               const std::function<double(const ranked_key&)>& probability);

// A strategy of one question and its answer.
asking_strategy one_question(
    std::function<strategy_question(const strategy_context&)> ask,
    std::function<strategy_proposal(const ranked_keys&, const strategy_context&)> propose);

}  // namespace stoker
