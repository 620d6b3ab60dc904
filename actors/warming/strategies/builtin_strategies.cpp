#include "actors/warming/builtin_strategies.hpp"

#include <algorithm>
#include <cmath>

namespace stoker {

namespace {

double hours(duration span) {
  return std::chrono::duration<double, std::ratio<3600>>(span).count();
}

// Asked for when a strategy does not say how many: enough for a cache of some size, and a moment's work for a
// tracker.
constexpr const char* default_keys = "10000";

parameter_declaration limit_parameter() {
  return {"limit", parameter_type::integer, default_keys, "keys to propose at most", 1, 1'000'000};
}

parameter_declaration horizon_parameter() {
  return {"horizon", parameter_type::span, "1h", "how far ahead a use counts", 1, 30 * 24 * 3600.0};
}

top_request ask(ranking by, const strategy_context& context) {
  top_request request;
  request.cache = context.cache;
  request.by = by;
  request.limit = std::max(static_cast<std::uint32_t>(context.parameters.integer("limit")), context.limit);
  request.now = context.now;
  return request;
}

candidate propose_key(const ranked_key& ranked, const char* strategy, double probability) {
  candidate proposed;
  proposed.key = ranked.key;
  proposed.strategy = strategy;
  proposed.probability = probability;
  proposed.cost_us = ranked.cost_us;
  proposed.bytes = ranked.bytes;
  return proposed;
}

template <class Probability>
std::vector<candidate> propose_keys(const ranked_keys& ranked, const char* strategy,
                                    Probability&& probability) {
  std::vector<candidate> result;
  result.reserve(ranked.keys.size());
  for (const auto& key : ranked.keys) result.push_back(propose_key(key, strategy, probability(key)));
  return result;
}

strategy popular() {
  ranked_strategy source;
  source.ask = [](const strategy_context& context) { return ask(ranking::popular, context); };
  source.propose = [](const ranked_keys& ranked, const strategy_context& context) {
    const auto horizon = context.parameters.span("horizon");
    return propose_keys(ranked, "popular", [&](const ranked_key& key) {
      return probability_by_rate(key.rate_per_hour, horizon);
    });
  };
  return {{}, "popular", "the keys used most", {limit_parameter(), horizon_parameter()}, std::move(source)};
}

strategy recent() {
  ranked_strategy source;
  source.ask = [](const strategy_context& context) { return ask(ranking::recent, context); };
  source.propose = [](const ranked_keys& ranked, const strategy_context& context) {
    const auto horizon = context.parameters.span("horizon");
    return propose_keys(ranked, "recent", [&](const ranked_key& key) {
      return probability_by_idle_time(context.now - key.last_access, horizon);
    });
  };
  return {{}, "recent", "the keys used last", {limit_parameter(), horizon_parameter()}, std::move(source)};
}

}  // namespace

std::vector<strategy> builtin_strategies() {
  return {popular(), recent()};
}

double probability_by_rate(double rate_per_hour, duration horizon) noexcept {
  return -std::expm1(-std::max(0.0, rate_per_hour) * std::max(0.0, hours(horizon)));
}

double probability_by_idle_time(duration idle, duration horizon) noexcept {
  const auto a = std::max(0.0, hours(idle));
  const auto h = std::max(0.0, hours(horizon));
  return a + h > 0 ? h / (a + h) : 0;
}

}  // namespace stoker
