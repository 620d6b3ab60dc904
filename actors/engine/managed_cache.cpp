#include "actors/engine/managed_cache.hpp"

#include <algorithm>

#include "storage/origins/function_origin.hpp"

namespace stoker {

namespace {

// The predictor looks at every batch of accesses, each millisecond under load.
constexpr std::size_t departures_between_two_looks = 65'536;

std::shared_ptr<memory_cache> make_entries(const cache_config& config) {
  memory_cache_config memory;
  memory.capacity_bytes = config.capacity_entries == 0 ? config.capacity_bytes : 0;
  memory.capacity_entries = config.capacity_entries;
  memory.policy = config.eviction_policy;
  // The predictor believes what is resident, so it must hear of everything that leaves.
  memory.every_departure = config.predictor != predictor_kind::none;
  memory.departures = departures_between_two_looks;
  try {
    return std::make_shared<memory_cache>(memory);
  } catch (const std::invalid_argument& mistake) {
    throw error{errc::invalid_argument, "cache \"" + config.name + "\": " + mistake.what()};
  }
}

// Of a cache that loads by itself: nothing is ever loaded for it.
load_result load_nothing(std::string_view) {
  load_result result;
  result.outcome = load_outcome::refused;
  result.error = "this cache loads by itself";
  return result;
}

std::shared_ptr<origin> make_source(const cache_config& config) {
  if (config.source) return config.source;
  const loader load = config.load ? config.load : load_nothing;
  return std::make_shared<function_origin>(load);
}

std::shared_ptr<remembered_absence> make_absences(const cache_config& config, const clock_function& clock) {
  if (config.absent_ttl == duration::zero()) return nullptr;
  absence_config settings;
  settings.ttl = config.absent_ttl;
  return std::make_shared<remembered_absence>(make_source(config), settings, clock);
}

std::shared_ptr<routed_origin> make_routes(const cache_config& config,
                                           const std::shared_ptr<remembered_absence>& absences) {
  if (absences) return std::make_shared<routed_origin>(absences);
  return std::make_shared<routed_origin>(make_source(config));
}

std::shared_ptr<read_through> make_reader(const cache_config& config, std::shared_ptr<memory_cache> entries,
                                          std::shared_ptr<origin> source) {
  read_through_config reader;
  reader.name = config.name;
  reader.entries = std::move(entries);
  reader.source = std::move(source);
  reader.ttl = config.ttl;
  reader.early_renewal_beta = config.early_renewal;
  reader.tags_of = config.tags_of;
  return std::make_shared<read_through>(std::move(reader));
}

std::shared_ptr<remote_filler> make_filler(const cache_config& config, std::shared_ptr<origin> source) {
  if (!config.back_end) return nullptr;
  remote_filler_config filler;
  filler.name = config.name;
  filler.back_end = config.back_end;
  filler.source = std::move(source);
  filler.ttl = config.ttl;
  // Such a cache asks its own origin before it answers.
  if (config.back_end->capabilities().loads_by_itself)
    filler.server_timeout = std::max(filler.server_timeout, config.load_timeout);
  filler.life.direct_deletes = config.direct_deletes;
  filler.life.fence_ttl = config.fence_ttl;
  return std::make_shared<remote_filler>(std::move(filler));
}

std::shared_ptr<recorder> make_recorder(const cache_config& config,
                                        const std::weak_ptr<engine_link>& engine) {
  recorder_config settings;
  // Weak: the engine owns the cache. A miss while it shuts down wakes nobody.
  settings.wake = [engine, name = config.name] {
    if (auto running = engine.lock()) running->wake_collector(name);
  };
  return std::make_shared<recorder>(settings);
}

[[noreturn]] void reject(const cache_config& config, const std::string& text) {
  throw error{errc::invalid_argument, "cache \"" + config.name + "\": " + text};
}

}  // namespace

void validate(const cache_config& config) {
  if (config.name.empty()) throw error{errc::invalid_argument, "a cache needs a name"};
  if (config.capacity_bytes == 0 && config.capacity_entries == 0)
    reject(config, "the capacity is 0; give capacity_bytes or capacity_entries");
  const bool loads_by_itself = config.back_end && config.back_end->capabilities().loads_by_itself;
  if (loads_by_itself && (config.load || config.source))
    reject(config, "it has an origin, and its back end loads by itself; leave the origin out");
  if (config.fence_ttl <= duration::zero()) reject(config, "fence_ttl must be positive");
  if (!loads_by_itself && !config.load && !config.source)
    reject(config, "it has no origin; give a load function or a source");
  if (config.load && config.source)
    reject(config, "it has both a load function and a source; give one of them");
  if (config.load_timeout <= duration::zero()) reject(config, "load_timeout must be positive");
  if (config.ttl < duration::zero()) reject(config, "ttl must not be negative");
  if (config.absent_ttl < duration::zero()) reject(config, "absent_ttl must not be negative");
  if (!(config.early_renewal >= 0)) reject(config, "early_renewal must be 0 or more");
  if (config.default_strategy.empty())
    reject(config, "default_strategy must name a strategy, such as \"popular\"");
  if (config.proof_horizon <= duration::zero()) reject(config, "proof_horizon must be positive");
  try {
    validate(screening_of(config));
  } catch (const error& mistake) {
    reject(config, mistake.what());
  }
}

screening_settings screening_of(const cache_config& config) {
  screening_settings settings;
  settings.rules = {config.include_keys, config.exclude_keys};
  settings.hold_out_share = config.hold_out;
  return settings;
}

screening_settings screening_of(const managed_cache& cache) {
  auto settings = screening_of(cache.config);
  settings.live_rules = cache.rules;
  return settings;
}

managed_cache::managed_cache(cache_config given, std::shared_ptr<engine_link> engine,
                             clock_function wall_clock)
    : config(std::move(given)),
      link(std::move(engine)),
      rules(std::make_shared<live_key_rules>(key_rules{config.include_keys, config.exclude_keys})),
      screened(config.name, screening_of(*this)),
      clock(std::move(wall_clock)),
      entries(make_entries(config)),
      absences(make_absences(config, clock)),
      routes(make_routes(config, absences)),
      reader(make_reader(config, entries, routes)),
      outside(make_filler(config, routes)),
      watch(outside ? std::make_shared<outside_watch>(config.name) : nullptr),
      accesses(make_recorder(config, link)) {}

void managed_cache::may_exist(std::string_view key) const {
  if (absences) absences->forget(key);
}

void managed_cache::all_may_exist() const {
  if (absences) absences->forget_all();
}

std::shared_ptr<warm_target> managed_cache::target() const {
  if (outside) return outside;
  return reader;
}

}  // namespace stoker
