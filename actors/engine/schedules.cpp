#include "actors/engine/schedules.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <thread>
#include <utility>

#include "actors/engine/snapshots.hpp"
#include "actors/engine/warm_sets.hpp"
#include "actors/memory/heap.hpp"
#include "storage/origins/load_threads.hpp"

namespace stoker {

namespace {

constexpr duration longest_usual_jitter = std::chrono::minutes{1};
constexpr int usual_jitter_part = 20;  // of an interval
// Entries that one look for what expires goes through; the next look goes on there.
constexpr std::size_t entries_a_look = 20'000;

duration jitter_of(const start_options& options) {
  if (options.jitter >= duration::zero()) return options.jitter;
  return std::min(longest_usual_jitter, options.interval / usual_jitter_part);
}

std::vector<std::string> strategies_of(const managed_cache& cache, const start_options& options) {
  std::vector<std::string> strategies;
  if (options.patterns)
    strategies.push_back(options.strategy.empty() ? cache.config.default_strategy : options.strategy);
  if (options.critical && cache.tasks->has_critical()) strategies.emplace_back("critical");
  return strategies;
}

void add_interval(std::vector<schedule_entry>& to, const managed_cache& cache, const start_options& options) {
  auto strategies = strategies_of(cache, options);
  if (options.interval == duration::zero() || strategies.empty()) return;
  schedule_entry entry;
  entry.id = strategies.front() + " " + cache.config.name;
  entry.what.cache = cache.config.name;
  entry.what.strategies = std::move(strategies);
  entry.interval = options.interval;
  entry.kind = options.adaptive ? schedule_kind::adaptive : schedule_kind::interval;
  entry.jitter = jitter_of(options);
  to.push_back(std::move(entry));
}

void add_tasks(std::vector<schedule_entry>& to, const managed_cache& cache, const start_options& options) {
  for (const auto& task : cache.tasks->all()) {
    schedule_entry entry;
    entry.id = "task " + task.id + " " + cache.config.name;
    entry.what.cache = cache.config.name;
    entry.what.strategies = {"tasks"};
    entry.what.parameters = {{"ids", list_text({task.id})}};
    entry.interval = options.interval;
    entry.kind = schedule_kind::adaptive;
    entry.frequency_key = task.key;
    entry.jitter = jitter_of(options);
    to.push_back(std::move(entry));
  }
}

void add_own(std::vector<schedule_entry>& to, const managed_cache& cache) {
  for (auto entry : cache.config.schedules) {
    if (entry.what.cache.empty() && entry.together.empty()) entry.what.cache = cache.config.name;
    to.push_back(std::move(entry));
  }
}

std::vector<cache_pulse> pulses_of(const cache_table& caches) {
  std::vector<cache_pulse> pulses;
  for (const auto& cache : caches.all()) {
    const auto recorded = cache->accesses->stats();
    cache_pulse pulse;
    pulse.cache = cache->config.name;
    pulse.accesses = recorded.passed_on + recorded.dropped;
    // Of a cache outside its watch tells when it lost what it held: it knows better than a count.
    if (cache->watch)
      pulse.instance = cache->watch->incarnation();
    else
      pulse.entries = cache->entries->stats().entries;
    pulse.recent_hit_ratio = cache->recent_hit_ratio;
    pulse.miss_cost_us = cache->demand().mean_wait_us();
    pulses.push_back(std::move(pulse));
  }
  return pulses;
}

// Goes through a cache piece by piece, a piece a call.
class expiry_scan {
 public:
  explicit expiry_scan(std::shared_ptr<cache_table> caches) : caches_(std::move(caches)) {}

  bool found(const std::string& name, duration within) {
    const auto cache = caches_->find(name);
    if (!cache) return false;
    auto& at = places_[{name, within}];
    std::vector<entry_info> some;
    for (std::size_t seen = 0; seen < entries_a_look; seen += some.size()) {
      some.clear();
      const bool more = cache->entries->list(at, cache->now(), some);
      if (!more) at = {};
      if (std::any_of(some.begin(), some.end(), [&](const entry_info& entry) {
            return entry.ttl_left > duration::zero() && entry.ttl_left <= within;
          }))
        return true;
      if (!more) return false;
    }
    return false;
  }

 private:
  std::shared_ptr<cache_table> caches_;
  std::map<std::pair<std::string, duration>, memory_cache::listing> places_;  // of each question
};

std::string clean_up(const cache_table& caches) {
  std::uint64_t expired = 0;
  for (const auto& cache : caches.all()) {
    const auto before = cache->entries->stats().expirations;
    cache->entries->sweep(cache->now());
    expired += cache->entries->stats().expirations - before;
  }
  const auto freed = trim_heap(system_files());
  return std::to_string(expired) + " expired entries removed, " + std::to_string(freed) +
         " bytes given back to the system";
}

// One that fails does not fail the others.
std::string save_snapshots(const cache_table& caches, const engine_config& settings,
                           const std::map<std::string, ranked_keys>& hottest) {
  std::uint64_t keys = 0;
  std::string failures;
  for (const auto& [name, ranked] : hottest) {
    const auto cache = caches.find(name);
    if (!cache) continue;
    try {
      keys += save_snapshot(*cache, ranked, snapshot_path(settings, name)).saved_keys;
    } catch (const error& failure) {
      failures += (failures.empty() ? "" : "; ") + std::string{failure.what()};
    }
  }
  if (!failures.empty()) throw error{errc::unavailable, failures};
  return std::to_string(keys) + " keys saved of " + std::to_string(hottest.size()) + " caches";
}

// One thread, for one such task is under way at a time; nothing waits for it at the end.
task_runner own_thread() {
  load_threads_config config;
  config.max_threads = 1;
  config.farewell = duration::zero();
  auto threads = std::make_shared<load_threads>(config);
  return [threads](std::function<void()> task) { return threads->run(std::move(task)); };
}

std::string node_of(const engine_config& config) {
  if (!config.node.empty()) return config.node;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return std::string{host.data()} + ' ' + config.history_folder;
}

}  // namespace

start_schedule schedules_of(const engine_core& core, const start_options& options) {
  auto names = options.caches;
  if (names.empty())
    for (const auto& cache : core.parts().caches->all()) names.push_back(cache->config.name);
  start_schedule schedules{{}, options.calendars};
  auto& entries = schedules.entries;
  for (const auto& name : names) {
    const auto cache = core.parts().caches->get(name);
    add_interval(entries, *cache, options);
    if (options.tasks) add_tasks(entries, *cache, options);
    add_own(entries, *cache);
  }
  entries.insert(entries.end(), options.schedules.begin(), options.schedules.end());
  for (const auto& entry : entries) {
    if (!entry.what.cache.empty()) core.parts().caches->get(entry.what.cache);
    for (const auto& name : entry.together)
      if (name != "*") core.parts().caches->get(name);
  }
  return schedules;
}

scheduler_config scheduler_config_of(const engine_parts& parts) {
  scheduler_config config;
  config.peers = parts.peers;
  config.now = parts.config.now;
  config.node = node_of(parts.config);
  config.load = parts.config.busy;
  config.pulses = [caches = parts.caches] { return pulses_of(*caches); };
  config.read_load = [read = system_files(), cores = std::thread::hardware_concurrency()] {
    return parse_load(read("/proc/pressure/cpu"), read("/proc/loadavg"), cores);
  };
  config.expires_soon = [scan = std::make_shared<expiry_scan>(parts.caches)](
                            const std::string& cache, duration within) { return scan->found(cache, within); };
  config.clean_up = [caches = parts.caches] { return clean_up(*caches); };
  config.save_snapshots = [caches = parts.caches, settings = parts.config](const auto& hottest) {
    return save_snapshots(*caches, settings, hottest);
  };
  config.run_host = own_thread();
  return config;
}

}  // namespace stoker
