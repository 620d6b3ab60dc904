#include "actors/engine/warm_together.hpp"

#include <algorithm>
#include <chrono>

#include "actors/engine/warm_sets.hpp"
#include "actors/engine/wiring.hpp"
#include "actors/memory/budget.hpp"
#include "actors/warming/division.hpp"

namespace stoker {

namespace {

using cache_list = std::vector<std::shared_ptr<managed_cache>>;

cache_list chosen_caches(const engine_core& core, const std::vector<std::string>& names) {
  if (names.empty()) return core.parts().caches->all();
  cache_list caches;
  for (const auto& name : names) caches.push_back(core.parts().caches->get(name));
  return caches;
}

// Over the last whole window; before there is one, over all requests so far.
double hit_ratio_of(const managed_cache& cache) {
  if (const double recent = cache.recent_hit_ratio; recent >= 0) return recent;
  const auto counts = cache.counts();
  const auto requests = counts.hits + counts.misses;
  return requests == 0 ? -1 : static_cast<double>(counts.hits) / static_cast<double>(requests);
}

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

std::uint64_t shared_bytes(const engine_core& core, const engine_status& now,
                           const warm_together_options& options) {
  const auto adaptive = options.policy == memory_policy::adaptive;
  const auto share = adaptive ? now.arbiter.adaptive_share : policy_share(options.policy);
  auto bytes = share_budget(now.memory, share, options.budget_bytes);
  if (const auto limit = core.parts().config.memory_budget_bytes; limit != 0) bytes = std::min(bytes, limit);
  return bytes - std::min(bytes, now.arbiter.leased_bytes);
}

// What the origins allow while the pass lasts; those without a limit are not named.
std::map<std::string, std::uint64_t> calls_of(const engine_core& core, const engine_status& now,
                                              const warm_together_options& options) {
  const auto& profile = core.parts().config.profile;
  const auto lasting = options.deadline > duration::zero() ? options.deadline : profile.run_deadline;
  const double minutes = std::chrono::duration<double, std::ratio<60>>(lasting).count();
  std::map<std::string, std::uint64_t> calls;
  for (const auto& origin : now.origins) {
    if (options.origin_calls != 0) calls[origin.origin] = options.origin_calls;
    if (profile.origin_calls_per_minute == 0) continue;
    const auto rated =
        static_cast<std::uint64_t>(std::max(0.0, origin.tokens) + profile.origin_calls_per_minute * minutes);
    auto& allowed = calls.try_emplace(origin.origin, rated).first->second;
    allowed = std::min(allowed, rated);
  }
  return calls;
}

warm_request request_of(const warm_together_options& options, const std::string& cache, time_point now) {
  warm_request request;
  request.cache = cache;
  request.strategies = options.strategies;
  request.policy = options.policy;
  request.deadline = options.deadline;
  request.reason = "together";
  request.now = now;
  return request;
}

class pass {
 public:
  pass(const engine_core& core, const warm_together_options& options)
      : core_(core), options_(options), caches_(chosen_caches(core, options.caches)) {}

  warm_set_report run() {
    const auto began = std::chrono::steady_clock::now();
    make_claims();
    const auto now = core_.ask<engine_status>(core_.timeout(), status_request{});
    total_.shares = divide(claims_, {shared_bytes(core_, now, options_), calls_of(core_, now, options_)});
    for (const auto& wave : waves_of(claims_)) warm(wave);
    total_.took = std::chrono::steady_clock::now() - began;
    return std::move(total_);
  }

 private:
  void make_claims() {
    std::vector<plan_request> questions;
    for (const auto& cache : caches_)
      questions.push_back({request_of(options_, cache->config.name, core_.now())});
    const auto plans = core_.ask_each<warm_plan>(engine_core::run_timeout(options_.deadline), questions);
    for (std::size_t i = 0; i < plans.size(); ++i)
      if (plans[i].answer)
        claims_.push_back(claim_of(*caches_[i], *plans[i].answer));
      else
        note(caches_[i]->config.name, plans[i].failure);
  }

  // The caches of one wave beside each other.
  void warm(const std::vector<std::size_t>& wave) {
    std::vector<warm_request> runs;
    for (const auto number : wave) {
      const auto& share = total_.shares[number];
      if (share.items == 0) {
        note(share.cache, claims_[number].items.empty() ? "there is nothing to warm"
                                                        : "the others leave no budget for it");
        continue;
      }
      auto& request = runs.emplace_back(request_of(options_, share.cache, core_.now()));
      request.limit = static_cast<std::uint32_t>(share.items);
      request.budget_bytes = std::max<std::uint64_t>(1, share.bytes);  // refreshes take none
    }
    const auto reports = core_.ask_each<warm_report>(engine_core::run_timeout(options_.deadline), runs);
    for (std::size_t i = 0; i < reports.size(); ++i)
      if (reports[i].answer)
        add(total_, runs[i].cache, *reports[i].answer);
      else
        note(runs[i].cache, reports[i].failure);
  }

  void note(const std::string& cache, const std::string& text) {
    total_.notes.push_back(cache + ": " + text);
  }

  const engine_core& core_;
  const warm_together_options& options_;
  const cache_list caches_;
  std::vector<warming_claim> claims_;
  warm_set_report total_;
};

}  // namespace

warm_set_report warm_together(const engine_core& core, const warm_together_options& options) {
  return pass{core, options}.run();
}

}  // namespace stoker
