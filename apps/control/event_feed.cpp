#include "apps/control/event_feed.hpp"

#include <algorithm>

#include "apps/control/json_memory.hpp"
#include "apps/control/json_scheduling.hpp"
#include "apps/control/json_status.hpp"
#include "apps/control/json_strategies.hpp"
#include "apps/control/json_warming.hpp"

namespace stoker::control {

namespace {

constexpr auto longest_gap = std::chrono::seconds{10};

template <class T>
json of_cache(const std::vector<T>& all, const std::string& cache) {
  for (const auto& each : all)
    if (each.cache == cache) return to_json(each);
  return nullptr;
}

// Events go to whoever may read, and keys are not for all of them.
json without_keys(warm_report report) {
  report.problems.clear();
  report.slow_loads.clear();
  return to_json(report);
}

live_event run_event(time_point at, const std::string& cache, std::uint64_t run, const char* state,
                     json progress, json report) {
  return {"run", cache,
          text_of({{"at", instant(at)},
                   {"cache", cache},
                   {"run", run},
                   {"state", state},
                   {"progress", std::move(progress)},
                   {"report", std::move(report)}})};
}

}  // namespace

void event_feed::add_stats(const engine_status& status, std::vector<live_event>& into) {
  const double span = first_ ? 0 : seconds(status.at - before_);
  for (const auto& cache : status.caches) {
    auto& last = counts_[cache.cache];
    const bool known_before = !first_ && cache.hits >= last.hits && cache.misses >= last.misses;
    const auto hits = known_before ? cache.hits - last.hits : 0;
    const auto misses = known_before ? cache.misses - last.misses : 0;
    const auto loads =
        known_before ? cache.demand_loads - std::min(last.demand_loads, cache.demand_loads) : 0;
    last = {cache.hits, cache.misses, cache.demand_loads};
    json window{{"seconds", span},
                {"hits", hits},
                {"misses", misses},
                {"hit_ratio", ratio(hits, hits + misses)},
                {"demand_loads", loads}};
    into.push_back({"stats", cache.cache,
                    text_of({{"at", instant(status.at)},
                             {"cache", to_json(cache)},
                             {"warmer", of_cache(status.warmers, cache.cache)},
                             {"predictor", of_cache(status.predictors, cache.cache)},
                             {"window", window},
                             {"memory", to_json(status.memory)}})});
  }
}

void event_feed::add_runs(const engine_status& status, const ask_report& report,
                          std::vector<live_event>& into) {
  for (const auto& warmer : status.warmers) {
    auto& active = active_[warmer.cache];
    auto& runs = runs_[warmer.cache];
    const bool ended = !first_ && (warmer.runs > runs || (active != 0 && warmer.active_run != active));
    if (ended) {
      json told;
      std::uint64_t number = active;
      try {
        const auto found = report(warmer.cache, active);
        number = found.run;
        told = without_keys(found);
      } catch (const std::exception&) {
        told = nullptr;  // forgotten already, or the warmer is being restarted
      }
      into.push_back(run_event(status.at, warmer.cache, number, "ended", nullptr, std::move(told)));
    }
    active = warmer.active_run;
    runs = warmer.runs;
    if (active != 0)
      into.push_back(
          run_event(status.at, warmer.cache, active, "running", to_json(warmer.progress), nullptr));
  }
}

void event_feed::add_memory(const memory_events& memory, std::vector<live_event>& into) {
  const auto fresh = std::min<std::uint64_t>(memory.recorded - std::min(memory.recorded, memory_recorded_),
                                             memory.latest.size());
  if (!first_)
    for (auto each = memory.latest.end() - static_cast<std::ptrdiff_t>(fresh); each != memory.latest.end();
         ++each)
      into.push_back({"memory", each->cache, text_of(to_json(*each))});
  memory_recorded_ = memory.recorded;
}

// Told when it differs from what was told last.
void event_feed::add_changed(const char* name, json state, std::vector<live_event>& into) {
  auto data = text_of(state);
  auto& last = states_[name];
  if (last == data) return;
  last = data;
  into.push_back({name, {}, std::move(data), true});
}

std::vector<live_event> event_feed::look(const engine_status& status, const memory_events& memory,
                                         const readiness& ready, const ask_report& report) {
  std::vector<live_event> events;
  // Nobody watched for a while: what happened meanwhile is no news.
  first_ = first_ || status.at - before_ > longest_gap;
  auto steady = ready;
  steady.at = {};  // else every look would be a change
  for (auto& cache : steady.caches) cache.recent_hit_ratio = -1;
  add_changed("readiness", to_json(steady), events);
  auto schedules = status.scheduler;
  schedules.machine_load = 0;
  add_changed("schedules", to_json(schedules), events);
  add_stats(status, events);
  add_runs(status, report, events);
  add_memory(memory, events);
  first_ = false;
  before_ = status.at;
  return events;
}

}  // namespace stoker::control
