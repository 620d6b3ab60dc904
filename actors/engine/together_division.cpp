#include "actors/engine/together_division.hpp"

#include <algorithm>
#include <optional>

#include "actors/engine/managed_cache.hpp"
#include "actors/engine/wiring.hpp"
#include "actors/memory/budget.hpp"

namespace stoker {

namespace {

// Over the last whole window; before there is one, over all requests so far.
double hit_ratio_of(const managed_cache& cache) {
  if (const double recent = cache.recent_hit_ratio; recent >= 0) return recent;
  const auto counts = cache.counts();
  const auto requests = counts.hits + counts.misses;
  return requests == 0 ? -1 : static_cast<double>(counts.hits) / static_cast<double>(requests);
}

std::uint64_t shared_bytes(const engine_status& now, const warm_together_request& request,
                           std::uint64_t total_limit) {
  const auto adaptive = request.policy == memory_policy::adaptive;
  const auto share = adaptive ? now.arbiter.adaptive_share : policy_share(request.policy);
  auto bytes = share_budget(now.memory, share, request.budget_bytes);
  if (total_limit != 0) bytes = std::min(bytes, total_limit);
  return bytes - std::min(bytes, now.arbiter.leased_bytes);
}

// What is saved, and what comes while the pass lasts.
double allowed(const rate_limit& limit, double saved, duration lasting) {
  const std::chrono::duration<double> span = lasting;
  const std::chrono::duration<double> interval = limit.interval;
  return std::max(0.0, saved) + limit.tokens * (span / interval);
}

// Of what the caches would load from it.
double mean_bytes(const std::vector<warming_claim>& claims, const std::string& origin) {
  double bytes = 0;
  double items = 0;
  for (const auto& claim : claims) {
    if (claim.origin != origin) continue;
    items += static_cast<double>(claim.items.size());
    for (const auto& item : claim.items) bytes += static_cast<double>(item.bytes);
  }
  return items > 0 ? std::max(1.0, bytes / items) : 1;
}

// The calls that an origin allows while the pass lasts, by its limits of calls and of bytes; empty: as many
// as are wanted.
std::optional<double> calls_of(const origin_status& origin, const std::vector<warming_claim>& claims,
                               duration lasting) {
  std::optional<double> calls;
  const auto& limits = origin.limits;
  if (limits.calls.tokens > 0) calls = allowed(limits.calls, origin.tokens, lasting);
  if (limits.bytes.tokens > 0) {
    const auto bytes = allowed(limits.bytes, origin.byte_tokens, lasting);
    const auto by_bytes = bytes / mean_bytes(claims, origin.origin);
    calls = calls ? std::min(*calls, by_bytes) : by_bytes;
  }
  return calls;
}

// Those that allow as many as are wanted are not named.
std::map<std::string, std::uint64_t> calls_of(const engine_status& now,
                                              const std::vector<warming_claim>& claims,
                                              const warm_together_request& request, duration lasting) {
  std::map<std::string, std::uint64_t> calls;
  for (const auto& origin : now.origins) {
    if (request.origin_calls != 0) calls[origin.origin] = request.origin_calls;
    const auto limited = calls_of(origin, claims, lasting);
    if (!limited) continue;
    const auto most = static_cast<std::uint64_t>(std::min(*limited, 1e15));
    auto& named = calls.try_emplace(origin.origin, most).first->second;
    named = std::min(named, most);
  }
  return calls;
}

}  // namespace

warming_claim claim_of(const managed_cache& cache, const warm_plan& plan) {
  plan_context reckoned;  // planned items carry their bytes
  warming_claim claim{
      cache.config.name, origin_name_of(cache.config), hit_ratio_of(cache), cache.config.reads, {}};
  for (const auto& phase : plan.phases)
    for (const auto& item : phase.items) {
      const auto cost_us = item.cost_us == 0 ? reckoned.unknown_cost_us : item.cost_us;
      claim.items.push_back(
          {item.probability * cost_us, item.refresh ? 0 : estimated_bytes(item, reckoned), item.priority});
    }
  return claim;
}

division_bounds bounds_of(const engine_status& now, const warm_together_request& request,
                          const std::vector<warming_claim>& claims, std::uint64_t total_limit,
                          duration lasting) {
  return {shared_bytes(now, request, total_limit), calls_of(now, claims, request, lasting)};
}

}  // namespace stoker
