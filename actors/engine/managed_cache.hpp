// A cache as the engine holds it: its entries, how they are read through, and what records its accesses.
//
// Ownership: shared by the engine's actors and by the host's handles. Threads: every member is safe from any
// thread; `config` never changes.
#pragma once

#include <atomic>
#include <memory>

#include "actors/engine/seen_lately.hpp"
#include "actors/outside/outside_watch.hpp"
#include "actors/tracking/recorder.hpp"
#include "actors/warming/dependency_graph.hpp"
#include "actors/warming/screening.hpp"
#include "actors/warming/snapshot_shelf.hpp"
#include "actors/warming/task_book.hpp"
#include "actors/warming/visit_book.hpp"
#include "messages/access.hpp"
#include "messages/statistics.hpp"
#include "stoker/engine.hpp"
#include "storage/caches/memory/memory_cache.hpp"
#include "storage/caches/read_through.hpp"
#include "storage/caches/remote_filler.hpp"
#include "storage/origins/remembered_absence.hpp"
#include "storage/origins/routed_origin.hpp"

namespace stoker {

// What a cache handle needs of its engine. Once the engine has been shut down, questions throw errc::stopped.
class engine_link {
 public:
  virtual ~engine_link() = default;
  virtual key_frequency frequency(const frequency_request& request) = 0;
  virtual void describe(const key_description& description) = 0;
  // Something was missed: the predictor wants to know at once. Called by recording threads.
  virtual void wake_collector(const std::string& cache) noexcept = 0;
  // Much was freed: give it back to the system, sometime soon.
  virtual void trim(const std::string& cache) = 0;
  // Something happened to a cache that schedules may wait for.
  virtual void happened(cache_event event) noexcept = 0;
  // False: too much waits already; the task is dropped.
  virtual bool run_async(std::function<void()> task) = 0;
};

struct managed_cache {
  // Throws as validate() does, and stoker::error for a capacity that the cache can't work with.
  managed_cache(cache_config given, std::shared_ptr<engine_link> engine, clock_function wall_clock);

  time_point now() const { return clock(); }
  // Where loaders put what they load.
  std::shared_ptr<warm_target> target() const;
  // After a live change: that the origin had no such key, or any at all, says nothing any more.
  void may_exist(std::string_view key) const;
  void all_may_exist() const;
  // Loads that users' demand made.
  demand_meter& demand() const noexcept { return outside ? outside->demand() : reader->demand(); }
  cache_stats counts() const { return outside ? outside->counts() : entries->stats(); }

  const cache_config config;
  const std::shared_ptr<engine_link> link;
  const std::shared_ptr<live_key_rules> rules;         // at first those of `config`
  const screening screened;                            // which keys warming leaves alone
  const clock_function clock;                          // that entries expire by
  const std::shared_ptr<memory_cache> entries;         // of a cache outside: empty, and stays so
  const std::shared_ptr<remembered_absence> absences;  // null: none are remembered
  const std::shared_ptr<routed_origin> routes;         // the origin, and the loaders of registered tasks
  const std::shared_ptr<read_through> reader;
  const std::shared_ptr<remote_filler> outside;  // null: the cache is the embedded one
  const std::shared_ptr<outside_watch> watch;    // of a cache outside: what is known of it; else null
  const std::shared_ptr<recorder> accesses;
  const std::unique_ptr<seen_lately> described = std::make_unique<seen_lately>();  // by `config.tags_of`
  const std::shared_ptr<dependency_graph> dependencies = std::make_shared<dependency_graph>();
  const std::shared_ptr<task_book> tasks = std::make_shared<task_book>();
  const std::shared_ptr<visit_book> visits = std::make_shared<visit_book>();
  const std::shared_ptr<snapshot_shelf> snapshots = std::make_shared<snapshot_shelf>();
  std::atomic<double> recent_hit_ratio{-1};  // of the last whole window; negative: none yet
  // How warm it is, as the engine's warm_watch found it last; see cache_status.
  std::atomic<double> steady_hit_ratio{-1};
  std::atomic<double> warmness{-1};
  std::atomic<std::int64_t> time_to_warm_ns{-1};
  std::atomic<std::uint64_t> demand_loads{0};  // ever, as forwarded to the origin's actor
  std::atomic<std::uint64_t> demand_failures{0};
};

// Throws stoker::error, which names the field and says what to do.
void validate(const cache_config& config);

screening_settings screening_of(const cache_config& config);
// With the rules as they are replaced.
screening_settings screening_of(const managed_cache& cache);

}  // namespace stoker
