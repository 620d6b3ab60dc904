#include "actors/warming/strategies/building_blocks.hpp"

#include <algorithm>

namespace stoker {

parameter_declaration limit_parameter(const char* default_keys) {
  return {"limit", parameter_type::integer, default_keys, "keys to propose at most", 1, 1'000'000};
}

parameter_declaration horizon_parameter() {
  return {"horizon", parameter_type::span, "1h", "how far ahead a use counts; never past the cache's TTL",
          1,         30 * 24 * 3600.0};
}

parameter_declaration keys_parameter(const char* description, bool required) {
  parameter_declaration declared{"keys", parameter_type::list, "", description};
  declared.required = required;
  return declared;
}

std::uint32_t limit_of(const strategy_context& context) {
  return std::max(static_cast<std::uint32_t>(context.parameters.integer("limit")), context.limit);
}

duration horizon_of(const strategy_context& context) {
  return before_expiry(context.parameters.span("horizon"), context.ttl);
}

top_request top_question(ranking by, const strategy_context& context) {
  top_request request;
  request.by = by;
  request.limit = limit_of(context);
  return request;
}

candidate propose_key(std::string key, double probability) {
  candidate proposed;
  proposed.key = std::move(key);
  proposed.probability = probability;
  return proposed;
}

candidate propose_key(const ranked_key& ranked, double probability) {
  auto proposed = propose_key(ranked.key, probability);
  proposed.cost_us = ranked.cost_us;
  proposed.bytes = ranked.bytes;
  return proposed;
}

candidate propose_key(const key_statistics& known, double probability) {
  auto proposed = propose_key(known.key, probability);
  proposed.cost_us = known.cost_us;
  proposed.bytes = known.bytes;
  return proposed;
}

strategy_proposal propose_keys(const ranked_keys& ranked,
                               const std::function<double(const ranked_key&)>& probability) {
  strategy_proposal result;
  result.candidates.reserve(ranked.keys.size());
  for (const auto& key : ranked.keys) result.candidates.push_back(propose_key(key, probability(key)));
  return result;
}

asking_strategy one_question(
    std::function<strategy_question(const strategy_context&)> ask,
    std::function<strategy_proposal(const ranked_keys&, const strategy_context&)> propose) {
  asking_strategy source;
  source.ask = [ask = std::move(ask)](
                   const strategy_context& context,
                   const std::vector<strategy_finding>& found) -> std::vector<strategy_question> {
    if (!found.empty()) return {};
    return {ask(context)};
  };
  source.propose = [propose = std::move(propose)](const strategy_context& context,
                                                  const std::vector<strategy_finding>& found) {
    return propose(std::get<ranked_keys>(found.at(0)), context);
  };
  return source;
}

}  // namespace stoker
