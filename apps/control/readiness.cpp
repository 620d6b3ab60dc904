#include "apps/control/readiness.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stoker::control {

namespace {

const char* word_of(cache_readiness_state state) {
  switch (state) {
    case cache_readiness_state::warm:
      return "warm";
    case cache_readiness_state::primed:
      return "primed";
    case cache_readiness_state::unknown:
      return "unknown";
    case cache_readiness_state::past_deadline:
      return "past_deadline";
    case cache_readiness_state::cold:
      break;
  }
  return "cold";
}

const warmer_status* warmer_of(const std::string& cache, const engine_status& status) {
  for (const auto& warmer : status.warmers)
    if (warmer.cache == cache) return &warmer;
  return nullptr;
}

bool was_filled(const warmer_status* warmer) {
  if (!warmer || warmer->runs == 0 || warmer->active_run != 0) return false;
  return std::any_of(warmer->strategies.begin(), warmer->strategies.end(),
                     [](const auto& each) { return each.succeeded; });
}

std::string why_cold(const cache_status& cache) {
  if (cache.recent_hit_ratio < 0)
    return "no run has filled it, and not enough requests have come to measure its hit ratio";
  return fmt::format("its hit ratio is {:.1f} %, and {:.1f} % where it is steady",
                     100 * cache.recent_hit_ratio, 100 * cache.steady_hit_ratio);
}

}  // namespace

readiness_gate::readiness_gate(time_point started, duration patience)
    : deadline_(patience > duration::zero() ? started + patience : time_point{}) {}

cache_readiness readiness_gate::look(const cache_status& cache, const engine_status& status) const {
  cache_readiness result{cache.cache,           true, cache_readiness_state::warm, {}, cache.recent_hit_ratio,
                         cache.steady_hit_ratio};
  if (cache.warm || opened_.count(cache.cache) > 0) {
    result.because = cache.warm ? "its hit ratio is that of its steady state" : "it was ready before";
  } else if (cache.steady_hit_ratio < 0 && status.tracker.restoring) {
    result.ready = false;
    result.state = cache_readiness_state::cold;
    result.because = "what history knows of it is still being read";
  } else if (cache.steady_hit_ratio < 0) {
    result.state = cache_readiness_state::unknown;
    result.because = "no steady state of it is recorded that it could be compared with";
  } else if (cache.recent_hit_ratio < 0 && was_filled(warmer_of(cache.cache, status))) {
    result.state = cache_readiness_state::primed;
    result.because = "a run has filled it, and no traffic has come yet to measure it by";
  } else {
    result.ready = false;
    result.state = cache_readiness_state::cold;
    result.because = why_cold(cache);
  }
  return result;
}

readiness readiness_gate::look(const engine_status& status, time_point now) {
  std::lock_guard guard{mutex_};
  readiness all{true, now, deadline_, deadline_ != time_point{} && now >= deadline_, {}, {}};
  std::string cold;
  for (const auto& cache : status.caches) {
    auto one = look(cache, status);
    // Not for want of knowledge: that may still come.
    if (one.ready && one.state != cache_readiness_state::unknown) opened_.insert(cache.cache);
    if (!one.ready) cold += (cold.empty() ? "" : ", ") + cache.cache;
    if (!one.ready && all.past_deadline) {
      one.ready = true;
      one.state = cache_readiness_state::past_deadline;
    }
    all.ready = all.ready && one.ready;
    all.caches.push_back(std::move(one));
  }
  if (cold.empty())
    all.because = "every cache is ready";
  else
    all.because = all.past_deadline ? "the deadline is past; still cold: " + cold : "still cold: " + cold;
  return all;
}

json to_json(const cache_readiness& x) {
  return {{"cache", x.cache},
          {"ready", x.ready},
          {"state", word_of(x.state)},
          {"because", x.because},
          {"recent_hit_ratio", known(x.recent_hit_ratio)},
          {"steady_hit_ratio", known(x.steady_hit_ratio)}};
}

json to_json(const readiness& x) {
  return {{"ready", x.ready},
          {"at", instant(x.at)},
          {"deadline", instant(x.deadline)},
          {"past_deadline", x.past_deadline},
          {"because", x.because},
          {"caches", list(x.caches)}};
}

}  // namespace stoker::control
