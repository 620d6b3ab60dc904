#include "actors/engine/wiring.hpp"

#include "actors/engine/schedules.hpp"
#include "actors/engine/snapshots.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>

#include "actors/engine/hit_windows.hpp"
#include "actors/history/historian_actor.hpp"
#include "actors/memory/arbiter_actor.hpp"
#include "actors/memory/heap.hpp"
#include "actors/memory/memory_monitor_actor.hpp"
#include "actors/memory/readings.hpp"
#include "actors/outside/outside_cache_actor.hpp"
#include "actors/prediction/predictor_actor.hpp"
#include "actors/scheduling/scheduler_actor.hpp"
#include "actors/tracking/collector_actor.hpp"
#include "actors/tracking/tracker_actor.hpp"
#include "actors/warming/loader_actor.hpp"
#include "actors/warming/origin_actor.hpp"
#include "storage/origins/load_threads.hpp"

namespace stoker {

namespace {

// One actor: `enter` puts the handle given into its place in the directory, an empty one when it is down.
template <class Handle>
child_spec child(std::string name, std::function<Handle()> spawn, std::function<void(Handle)> enter) {
  return {std::move(name),
          [spawn, enter] {
            auto handle = spawn();
            enter(handle);
            return caf::actor_cast<caf::actor>(handle);
          },
          [enter] { enter(Handle{}); }};
}

// Spawns an actor that blocks: on a thread of its own, unless a test wants to drive it.
template <class Function, class Config>
auto spawn_blocking(caf::actor_system& system, const engine_parts& parts, Function function,
                    const Config& config) {
  return parts.detach_blocking_actors ? system.spawn<caf::detached>(function, config)
                                      : system.spawn(function, config);
}

child_spec historian_child(caf::actor_system& system, const engine_parts& parts) {
  historian_config config;
  config.history = parts.history;
  config.now = parts.config.now;
  config.loss_window = parts.config.loss_window;
  return child<historian_actor>(
      "historian", [&system, parts, config] { return spawn_blocking(system, parts, historian, config); },
      [peers = parts.peers](historian_actor handle) { peers->historian(std::move(handle)); });
}

// The capacities of one shard, out of those of all.
tracker_limits limits_of_shard(std::uint64_t tracked_keys, std::uint32_t shards) {
  tracker_limits limits;
  limits.max_keys = tracked_keys / shards;
  limits.hot_keys /= shards;
  limits.max_subjects /= shards;
  return limits;
}

child_spec tracker_child(caf::actor_system& system, const engine_parts& parts, std::uint32_t shard) {
  const auto shards = parts.config.tracker_shards;
  tracker_config config;
  config.shard = shard;
  config.shards = shards;
  config.peers = parts.peers;
  config.now = parts.config.now;
  config.write_interval = parts.config.loss_window / 2;
  config.limits = limits_of_shard(parts.config.tracked_keys, shards);
  return child<tracker_actor>(
      "tracker " + std::to_string(shard), [&system, config] { return system.spawn(tracker, config); },
      [peers = parts.peers, shard](tracker_actor handle) { peers->tracker(shard, std::move(handle)); });
}

child_spec arbiter_child(caf::actor_system& system, const engine_parts& parts) {
  const auto launch = [&system, parts] {
    memory_report memory;
    memory.at = parts.config.now();
    memory.reading = read_memory(system_files());
    memory.level = pressure_gauge{}.update(memory.reading);
    return system.spawn(arbiter, arbiter_config{.peers = parts.peers,
                                                .now = parts.config.now,
                                                .memory = memory,
                                                .total_limit_bytes = parts.config.memory_budget_bytes});
  };
  return child<arbiter_actor>(
      "arbiter", launch, [peers = parts.peers](arbiter_actor handle) { peers->arbiter(std::move(handle)); });
}

child_spec monitor_child(caf::actor_system& system, const engine_parts& parts) {
  memory_monitor_config config{
      .peers = parts.peers, .now = parts.config.now, .read = [] { return read_memory(system_files()); }};
  if (parts.config.on_memory_event) {
    load_threads_config one_thread;  // so that events are told in order
    one_thread.max_threads = 1;
    config.notify = [threads = std::make_shared<load_threads>(one_thread),
                     tell = parts.config.on_memory_event](const memory_event& event) {
      threads->run([tell, event] {
        try {
          tell(event);
        } catch (const std::exception& thrown) {
          spdlog::warn("stoker: on_memory_event threw: {}", thrown.what());
        }
      });
    };
  }
  return child<memory_monitor_actor>(
      "memory monitor", [&system, config] { return system.spawn(memory_monitor, config); },
      [peers = parts.peers](memory_monitor_actor handle) { peers->memory_monitor(std::move(handle)); });
}

child_spec scheduler_child(caf::actor_system& system, const engine_parts& parts) {
  const auto config = scheduler_config_of(parts);
  return child<scheduler_actor>(
      "scheduler", [&system, config] { return system.spawn(scheduler, config); },
      [peers = parts.peers](scheduler_actor handle) { peers->scheduler(std::move(handle)); });
}

child_spec loader_child(caf::actor_system& system, const engine_parts& parts, std::uint32_t number) {
  const auto find = [caches = parts.caches](const std::string& name) -> std::shared_ptr<warm_target> {
    const auto found = caches->find(name);
    return found ? found->target() : nullptr;
  };
  const loader_config config{find, parts.config.now};
  return child<loader_actor>(
      "loader " + std::to_string(number),
      [&system, parts, config] { return spawn_blocking(system, parts, pool_loader, config); },
      [pool = parts.loaders, number](loader_actor handle) { pool->set(number, std::move(handle)); });
}

child_spec collector_child(caf::actor_system& system, const engine_parts& parts,
                           const std::shared_ptr<managed_cache>& cache) {
  const auto& name = cache->config.name;
  collector_config config;
  config.cache = name;
  config.source = cache->accesses;
  config.peers = parts.peers;
  config.now = parts.config.now;
  return child<collector_actor>(
      "collector " + name, [&system, config] { return system.spawn(collector, config); },
      [peers = parts.peers, name](collector_actor handle) { peers->collector(name, std::move(handle)); });
}

void apply(const warming_profile& profile, warmer_config& config) {
  config.run.batch_items = profile.batch_items;
  config.run.workers = profile.workers;
  config.run.pressure_threshold = profile.pressure_threshold;
  config.run.phase_delay = profile.phase_delay;
  config.dependency_depth = profile.dependency_depth;
  config.budget_bytes = profile.budget_bytes;
  config.run_deadline = profile.run_deadline;
}

child_spec warmer_child(caf::actor_system& system, const engine_parts& parts,
                        const std::shared_ptr<managed_cache>& cache) {
  const auto& name = cache->config.name;
  return child<warmer_actor>(
      "warmer " + name,
      [&system, config = warmer_config_of(parts, cache)] { return system.spawn(warmer, config); },
      [peers = parts.peers, name](warmer_actor handle) { peers->warmer(name, std::move(handle)); });
}

child_spec outside_child(caf::actor_system& system, const engine_parts& parts,
                         const std::shared_ptr<managed_cache>& cache) {
  outside_cache_config config;
  config.cache = cache->config.name;
  config.target = cache->outside;
  // Such a one is looked at by samples of what is in it.
  if (cache->outside->back_end().capabilities().loads_by_itself)
    config.look_interval = std::chrono::seconds{10};
  config.watch = cache->watch;
  config.now = parts.config.now;
  return child<outside_cache_actor>(
      "outside cache " + config.cache,
      [&system, parts, config] { return spawn_blocking(system, parts, outside_cache, config); },
      [peers = parts.peers, name = config.cache](outside_cache_actor handle) {
        peers->outside_cache(name, std::move(handle));
      });
}

cache_room room_of(const outside_watch& watch) {
  const auto found = watch.status();
  return {found.head_room_bytes(), found.utilisation()};
}

// Of a cache outside, until it is known how many it holds.
std::uint32_t expected_entries(const cache_config& config) {
  constexpr std::uint64_t usual_entry_bytes = 4096;
  const auto entries =
      config.capacity_entries != 0 ? config.capacity_entries : config.capacity_bytes / usual_entry_bytes;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(entries, 1, std::numeric_limits<std::int32_t>::max()));
}

child_spec predictor_child(caf::actor_system& system, const engine_parts& parts,
                           const std::shared_ptr<managed_cache>& cache) {
  const auto& name = cache->config.name;
  predictor_actor_config config;
  config.cache = name;
  config.peers = parts.peers;
  config.now = parts.config.now;
  config.core.kind = cache->config.predictor;
  config.core.point = cache->config.point;
  config.observe = cache->config.observe;
  config.core.opaque_keys = cache->config.opaque_keys;
  // An LRU takes a prefetched entry for an ordinary one: each useless one costs more.
  config.core.foreign_eviction = cache->outside || cache->config.eviction_policy == eviction::lru;
  if (cache->outside) {
    config.core.cache_entries = expected_entries(cache->config);
    config.outside = [watch = cache->watch] { return watch->status(); };
    config.lifetime = cache->outside->lifetime();
  } else {
    config.entries = cache->entries;
  }
  return child<predictor_actor>(
      "predictor " + name, [&system, config] { return system.spawn(cache_predictor, config); },
      [peers = parts.peers, name](predictor_actor handle) { peers->predictor(name, std::move(handle)); });
}

// Of all caches that load from the origin.
std::uint64_t demand_of(const cache_table& caches, const std::string& origin,
                        std::uint64_t (demand_meter::*count)() const noexcept) {
  std::uint64_t loads = 0;
  for (const auto& cache : caches.all())
    if (origin_name_of(cache->config) == origin) loads += (cache->demand().*count)();
  return loads;
}

}  // namespace

std::string origin_name_of(const cache_config& config) {
  return config.origin_name.empty() ? config.name : config.origin_name;
}

warmer_config warmer_config_of(const engine_parts& parts, const std::shared_ptr<managed_cache>& cache) {
  warmer_config config;
  config.cache = cache->config.name;
  config.origin = origin_name_of(cache->config);
  config.peers = parts.peers;
  config.now = parts.config.now;
  config.strategies = parts.strategies;
  if (cache->outside)
    config.room = [watch = cache->watch] { return room_of(*watch); };
  else
    config.entries = cache->entries;
  config.default_strategies = {cache->config.default_strategy};
  config.ttl = cache->config.ttl;
  config.load_timeout = cache->config.load_timeout;
  config.dependencies = cache->dependencies;
  // Prefetches come beside runs, and leave them a fifth of the loaders.
  config.prefetch.max_in_flight = std::max(1U, parts.config.loaders - parts.config.loaders / 5);
  config.tasks = cache->tasks;
  config.visits = cache->visits;
  config.snapshots = cache->snapshots;
  if (!cache->outside) config.list_entries = [cache] { return list_expiring(*cache); };
  config.recent_hit_ratio = [cache] { return cache->recent_hit_ratio.load(); };
  config.trim = [] { return trim_heap(system_files()); };
  config.screening = screening_of(*cache);
  config.trials.horizon = cache->config.proof_horizon;
  config.log.window_requests = window_requests(cache->config.capacity_entries);
  apply(parts.config.profile, config);
  return config;
}

std::vector<child_spec> common_actors(caf::actor_system& system, const engine_parts& parts) {
  std::vector<child_spec> specs{historian_child(system, parts)};
  for (std::uint32_t shard = 0; shard < parts.config.tracker_shards; ++shard)
    specs.push_back(tracker_child(system, parts, shard));
  specs.push_back(arbiter_child(system, parts));
  specs.push_back(monitor_child(system, parts));
  specs.push_back(scheduler_child(system, parts));
  for (std::uint32_t number = 0; number < parts.config.loaders; ++number)
    specs.push_back(loader_child(system, parts, number));
  return specs;
}

origin_limits limits_of(const engine_parts& parts, const origin_limit_table& own, const std::string& origin) {
  if (const auto found = own.find(origin); found != own.end()) return found->second;
  const auto& profile = parts.config.profile;
  return {per_minute(profile.origin_calls_per_minute), {}, profile.origin_in_flight};
}

child_spec origin_actor_of(caf::actor_system& system, const engine_parts& parts,
                           std::shared_ptr<const origin_limit_table> limits, const std::string& origin) {
  origin_config config;
  config.name = origin;
  config.now = parts.config.now;
  config.loaders = parts.loaders;
  config.demand_in_flight = [caches = parts.caches, origin] {
    return demand_of(*caches, origin, &demand_meter::in_flight);
  };
  config.demand_begun = [caches = parts.caches, origin] {
    return demand_of(*caches, origin, &demand_meter::begun);
  };
  return child<origin_actor>(
      "origin " + origin,
      [&system, parts, limits, config]() mutable {
        config.limits = limits_of(parts, *limits, config.name);
        return system.spawn(guarded_origin, config);
      },
      [peers = parts.peers, origin](origin_actor handle) { peers->origin(origin, std::move(handle)); });
}

std::vector<child_spec> cache_actors(caf::actor_system& system, const engine_parts& parts,
                                     const std::shared_ptr<managed_cache>& cache) {
  std::vector<child_spec> specs{predictor_child(system, parts, cache), warmer_child(system, parts, cache),
                                collector_child(system, parts, cache)};
  if (cache->outside) specs.push_back(outside_child(system, parts, cache));
  return specs;
}

}  // namespace stoker
