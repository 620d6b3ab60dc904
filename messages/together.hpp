// Warming several caches in one pass: what is asked for, and what became of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/cache_share.hpp"
#include "messages/warming.hpp"

namespace stoker {

// Within one memory budget and one budget of calls an origin, which go where they bring most.
struct warm_together_request {
  std::vector<std::string> caches{};      // empty: all
  std::vector<std::string> strategies{};  // of each cache; empty: its default
  memory_policy policy = memory_policy::balanced;
  std::uint64_t budget_bytes = 0;  // of all caches together; 0: by policy
  std::uint64_t origin_calls = 0;  // of each origin; 0: what its limits allow within the deadline
  duration deadline{};             // of each cache's run; 0: the profile's
  std::vector<strategy_parameter_value> parameters{};
  std::string reason{};  // why: "together", "schedule <id>", ...
};

// What became of a set of keys that was warmed at once, over one cache or several.
struct warm_set_report {
  std::uint64_t candidates = 0;  // proposed; more than the sum of the next four when plans left some out
  std::uint64_t warmed = 0;
  std::uint64_t already_warm = 0;
  std::uint64_t failed = 0;
  std::uint64_t dropped = 0;
  duration took{};
  std::vector<std::string> notes{};   // why there was nothing to do, by cache
  std::vector<warm_report> runs{};    // one a cache
  std::vector<cache_share> shares{};  // of a budget that was divided: who got what
  std::uint32_t troubled = 0;         // caches that could not be asked, or did not answer; `notes` say why

  // Nothing was there to warm, or it was done a moment ago; `notes` say which.
  bool skipped() const noexcept { return candidates == 0; }
  // Adds what the run of a cache came to.
  void add(warm_report run);
};

template <class Inspector>
auto inspect(Inspector& f, cache_share& x) {
  return f(x.cache, x.bytes, x.items, x.wave);
}

template <class Inspector>
auto inspect(Inspector& f, warm_together_request& x) {
  return f(x.caches, x.strategies, x.policy, x.budget_bytes, x.origin_calls, x.deadline, x.parameters,
           x.reason);
}

template <class Inspector>
auto inspect(Inspector& f, warm_set_report& x) {
  return f(x.candidates, x.warmed, x.already_warm, x.failed, x.dropped, x.took, x.notes, x.runs, x.shares,
           x.troubled);
}

}  // namespace stoker
