#include "actors/warming/strategies/by_expiry.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "actors/warming/strategies/building_blocks.hpp"
#include "messages/early_renewal.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

// Uniform in [0, 1), by key and time: the strategy has no randomness of its own, and needs none.
double lot_of(const cache_entry_info& entry, time_point now) {
  constexpr std::uint64_t golden = 0x9E37'79B9'7F4A'7C15;
  auto bits = hash_key(entry.key) ^ (static_cast<std::uint64_t>(now.time_since_epoch().count()) * golden);
  bits = (bits ^ (bits >> 32)) * golden;
  return static_cast<double>((bits ^ (bits >> 29)) >> 11) * 0x1p-53;
}

bool is_due(const cache_entry_info& entry, const strategy_context& context) {
  const auto age = static_cast<double>((entry.ttl - entry.ttl_left).count());
  if (age >= context.parameters.number("threshold") * static_cast<double>(entry.ttl.count())) return true;
  const auto left = entry.ttl_left - context.parameters.span("lead");
  return left <= duration::zero() ||
         renews_early(left, std::chrono::microseconds{entry.cost_us}, context.parameters.number("beta"),
                      lot_of(entry, context.now));
}

std::vector<strategy_question> ask_expiring(const strategy_context& context,
                                            const std::vector<strategy_finding>& found) {
  if (!found.empty()) return {};
  return {entries_question{}, top_question(ranking::popular, context)};
}

candidate renew(const cache_entry_info& entry, double rate_per_hour, const strategy_context& context) {
  auto proposed = propose_key(entry.key, probability_by_rate(rate_per_hour, entry.ttl));
  proposed.bytes = entry.bytes;
  proposed.cost_us = entry.cost_us;
  proposed.refresh = true;
  // An entry of the cache's own TTL gets it again as it stands; what is known of any other is close to it.
  const auto off = std::abs(static_cast<double>((entry.ttl - context.ttl).count()));
  if (off > static_cast<double>(context.ttl.count()) / 16) proposed.ttl = entry.ttl;
  return proposed;
}

strategy_proposal propose_renewals(const strategy_context& context,
                                   const std::vector<strategy_finding>& found) {
  std::unordered_map<std::string_view, double> rates;
  for (const auto& key : std::get<ranked_keys>(found.at(1)).keys) rates.emplace(key.key, key.rate_per_hour);
  strategy_proposal result;
  for (const auto& entry : std::get<std::vector<cache_entry_info>>(found[0])) {
    if (!is_due(entry, context)) continue;
    const auto rate = rates.find(entry.key);
    result.candidates.push_back(renew(entry, rate == rates.end() ? 0 : rate->second, context));
  }
  return result;
}

strategy refresh_ahead() {
  return {
      {},
      "refresh_ahead",
      "entries in use that are about to expire",
      {{"threshold", parameter_type::number, "0.8", "share of the TTL after which an entry is renewed", 0, 1},
       {"beta", parameter_type::number, "1", "how early lot renews entries (XFetch); 0: never", 0, 1000},
       {"lead", parameter_type::span, "0s", "what expires before this is renewed", 0, 24 * 3600.0},
       limit_parameter()},
      asking_strategy{ask_expiring, propose_renewals}};
}

}  // namespace

std::vector<strategy> strategies_by_expiry() {
  return {refresh_ahead()};
}

}  // namespace stoker
