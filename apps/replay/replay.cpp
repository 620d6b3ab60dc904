#include "apps/replay/replay.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "actors/engine/hit_windows.hpp"
#include "apps/replay/plain_lru.hpp"
#include "apps/replay/simulation.hpp"
#include "apps/replay/warm_point.hpp"

namespace stoker {

namespace {

using replaying::counts;
using replaying::simulation;

struct window {
  std::uint64_t requests = 0;
  std::uint64_t hits = 0;
  std::uint64_t origin_calls = 0;
  double hit_ratio() const { return static_cast<double>(hits) / static_cast<double>(requests); }
};

struct run {
  counts totals;
  std::uint64_t metadata_bytes = 0;
  double seconds = 0;
  std::uint64_t restore_calls = 0;
  std::vector<window> after_restart;
};

std::uint64_t calls_of(const counts& c) {
  return c.misses() + c.prefetches;
}

window between(const counts& before, const counts& after) {
  return {after.requests - before.requests, after.hits - before.hits, calls_of(after) - calls_of(before)};
}

run run_once(const trace& recorded, const replay_options& options, bool restarts) {
  run result;
  simulation sim(recorded, options);
  const auto size = recorded.accesses.size();
  const auto restart_at = std::min<std::uint64_t>(size, options.restart_at.value_or(size));
  const auto window_size = window_requests(options.cache_entries);
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < restart_at; ++i) sim.step();
  auto before = sim.totals();
  if (restarts) {
    sim.restart(options.restore);
    result.restore_calls = sim.totals().prefetches - before.prefetches;
    before = sim.totals();
  }
  for (auto i = restart_at; i < size; ++i) {
    sim.step();
    if ((i + 1 - restart_at) % window_size != 0 && i + 1 != size) continue;
    result.after_restart.push_back(between(before, sim.totals()));
    before = sim.totals();
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.totals = sim.totals();
  result.metadata_bytes = sim.metadata_bytes();
  return result;
}

double hit_ratio_of(const std::vector<window>& windows) {
  window all;
  for (const auto& w : windows) {
    all.requests += w.requests;
    all.hits += w.hits;
  }
  return all.requests == 0 ? 0 : all.hit_ratio();
}

std::vector<double> hit_ratios(const std::vector<window>& windows) {
  std::vector<double> ratios;
  for (const auto& w : windows) ratios.push_back(w.hit_ratio());
  return ratios;
}

void compare_with_twin(const run& restarted, const run& twin, replay_result& result) {
  const auto warm = first_warm_window(hit_ratios(restarted.after_restart), hit_ratios(twin.after_restart));
  std::uint64_t requests = 0;
  result.restart_origin_calls = restarted.restore_calls;
  for (std::size_t i = 0; i < warm.value_or(restarted.after_restart.size()); ++i) {
    requests += restarted.after_restart[i].requests;
    result.restart_origin_calls += restarted.after_restart[i].origin_calls;
  }
  if (warm) result.requests_to_warm = requests;
  result.hit_ratio_after_restart = hit_ratio_of(restarted.after_restart);
  result.twin_hit_ratio_after_restart = hit_ratio_of(twin.after_restart);
}

double share(double part, double whole) {
  return whole == 0 ? 0 : part / whole;
}

}  // namespace

replay_result replay(const trace& recorded, const replay_options& options) {
  const bool restarts = options.restart_at.has_value();
  const auto main_run = run_once(recorded, options, restarts);
  const auto& totals = main_run.totals;
  replay_result result;
  result.requests = totals.requests;
  result.hits = totals.hits;
  result.misses = totals.misses();
  result.prefetches = totals.prefetches;
  result.useful_prefetches = totals.useful_prefetches;
  result.baseline_misses = replaying::plain_lru_misses(recorded, options.cache_entries);
  result.distinct_keys = recorded.keys.size();
  result.metadata_bytes = main_run.metadata_bytes;
  result.seconds = main_run.seconds;
  const auto useful = static_cast<double>(totals.useful_prefetches);
  result.hidden_latency = share(useful + totals.late_credit, useful + static_cast<double>(totals.misses()));
  if (restarts) compare_with_twin(main_run, run_once(recorded, options, false), result);
  return result;
}

double replay_result::hit_ratio() const {
  return share(static_cast<double>(hits), static_cast<double>(requests));
}

double replay_result::precision() const {
  return share(static_cast<double>(useful_prefetches), static_cast<double>(prefetches));
}

double replay_result::origin_load() const {
  return share(static_cast<double>(misses + prefetches), static_cast<double>(baseline_misses));
}

double replay_result::accesses_per_second() const {
  return share(static_cast<double>(requests), seconds);
}

}  // namespace stoker
