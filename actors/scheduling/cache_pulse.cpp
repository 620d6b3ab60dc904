#include "actors/scheduling/cache_pulse.hpp"

#include <algorithm>

namespace stoker {

namespace {

constexpr double left_when_emptied = 0.1;  // of what was there
constexpr double fading = 0.8;             // a look
constexpr double least_entries = 10;       // smaller caches come and go

double need(schedule_target target, const cache_pulse& pulse) {
  const auto misses = 1 - pulse.recent_hit_ratio;
  return target == schedule_target::slowest ? misses * pulse.miss_cost_us : misses;
}

}  // namespace

bool emptied_watch::emptied(memory& before, const cache_pulse& now) const {
  const auto entries = static_cast<double>(now.entries);
  const bool restarted = before.instance != 0 && now.instance != 0 && before.instance != now.instance;
  const bool lost = before.entries >= least_entries && entries <= left_when_emptied * before.entries;
  before.entries = restarted || lost ? entries : std::max(entries, fading * before.entries);
  if (now.instance != 0) before.instance = now.instance;
  return restarted || lost;
}

std::vector<std::string> emptied_watch::look(const std::vector<cache_pulse>& pulses) {
  std::vector<std::string> result;
  for (const auto& pulse : pulses)
    if (emptied(caches_[pulse.cache], pulse)) result.push_back(pulse.cache);
  return result;
}

std::string choose_cache(schedule_target target, const std::vector<cache_pulse>& pulses) {
  const cache_pulse* best = nullptr;
  for (const auto& pulse : pulses) {
    if (pulse.recent_hit_ratio < 0) continue;
    if (best == nullptr || need(target, pulse) > need(target, *best)) best = &pulse;
  }
  return best == nullptr ? std::string{} : best->cache;
}

}  // namespace stoker
