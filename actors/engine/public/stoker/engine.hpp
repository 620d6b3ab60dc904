// Stoker's public face: an engine that keeps caches warm, usable from plain threads with no knowledge of
// actors.
//
//   stoker::engine engine{{.history_folder = "/var/lib/app/stoker"}};
//   auto pages = engine.add_cache({.name = "pages", .capacity_bytes = 64 << 20, .load = render_page});
//   auto page = pages.get("/start");            // read-through; learns as it goes
//   engine.warm({.cache = "pages", .limit = 1000});
//
// Ownership: an engine owns its caches and its actors; handles share them and may outlive a call, not the
// engine. Threads: every member of engine and cache_handle may be called from any thread, but not from within
// an actor: the calls block. Errors: mistakes of the caller and an engine that can't answer are thrown as
// stoker::error, which says what, where and what to do; what an origin does wrong is part of a result, never
// an exception.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/access.hpp"
#include "messages/error.hpp"
#include "messages/origin_limits.hpp"
#include "messages/performance.hpp"
#include "messages/plan_codec.hpp"
#include "messages/prediction.hpp"
#include "messages/profile.hpp"
#include "messages/redaction.hpp"
#include "messages/reported_access.hpp"
#include "messages/run_questions.hpp"
#include "messages/snapshot.hpp"
#include "messages/status.hpp"
#include "messages/together.hpp"
#include "storage/caches/cache.hpp"
#include "storage/caches/memory/eviction.hpp"
#include "storage/caches/remote_cache.hpp"
#include "storage/origins/origin.hpp"

namespace caf {
class actor_system;
}

namespace stoker {

struct managed_cache;

// Loads the value of a key: may block, may throw, is called from many threads at once.
using loader = std::function<load_result(std::string_view key)>;

struct engine_config {
  std::string history_folder{};  // where RocksDB keeps what is learned; empty: nothing is kept
  // Where the caches' snapshots stand that no path is given for; empty: beside the history, in
  // "<history_folder>-snapshots".
  std::string snapshot_folder{};
  duration loss_window = std::chrono::seconds{1};  // what a crash may lose of the history
  std::uint32_t tracker_shards = 2;                // 1 to 64
  std::uint64_t tracked_keys = 4'000'000;          // over all shards; the coldest are forgotten beyond
  std::uint32_t loaders = 10;                      // threads that load for warming, 1 to 256
  std::uint64_t memory_budget_bytes = 0;           // of all warming together; 0: by policy alone
  duration request_timeout =
      std::chrono::seconds{5};  // of a question to the engine; runs have their own deadline
  clock_function now{};         // empty: the system's clock
  warming_profile profile{};    // how hard warming works; find_profile("production", cores) and others
  // Of several processes that warm from the same origins: their schedules are put off by different jitter.
  std::string node{};  // empty: the host's name and this history's folder
  load_limits busy{};  // above these, scheduled runs wait for the machine
  // Told of every change of memory's level, and of what was done for its sake; on a thread of the engine's.
  std::function<void(const memory_event&)> on_memory_event{};
  // Of caches that hide their keys (messages/redaction.hpp); empty: a random one, and a key's form then
  // changes with every start. Engines that share it show the same forms.
  std::string redaction_secret{};
};

struct cache_config {
  std::string name{};
  std::uint64_t capacity_bytes = 64ull << 20;
  std::uint64_t capacity_entries = 0;  // not 0: bounded by entries instead of bytes
  eviction eviction_policy = default_eviction;
  duration ttl{0};  // of what is loaded; 0: no expiry
  // That the origin has no such key is remembered for so long, unless the key is set or invalidated through
  // this engine; 0: not at all.
  duration absent_ttl = std::chrono::seconds{1};
  double early_renewal = 1;          // how early a get renews what expires soon (XFetch's beta); 0: never
  loader load{};                     // either this function
  std::shared_ptr<origin> source{};  // or an origin
  std::string
      origin_name{};  // caches that name the same origin share its limits; empty: an origin of its own
  duration load_timeout = std::chrono::seconds{5};  // how long a get waits for a load
  predictor_kind predictor = predictor_kind::stoker;
  operating_point point = operating_point::balanced;
  bool observe = false;      // predict and report, but fill nothing
  bool opaque_keys = false;  // don't look for numbers in keys
  // A cache outside of this process (<stoker/caches.hpp>); empty: the embedded one. Eviction, early renewal
  // and tags are the embedded cache's alone; the capacity is what prediction starts from, until the back end
  // tells its own.
  std::shared_ptr<remote_cache> back_end{};
  // Others delete keys there, beside this engine: what is filled then lives for fence_ttl at most, where the
  // back end can't tell of such deletes.
  bool direct_deletes = true;
  duration fence_ttl = std::chrono::seconds{60};
  std::string default_strategy = "popular";
  std::vector<std::string> include_keys{};  // globs; only keys that match one are warmed; empty: all
  std::vector<std::string> exclude_keys{};  // globs; keys that match one are never warmed: "lock:*"
  // What a key's name tells of it. Called by many threads at once; must not block.
  // Its tags: entries carry them beside those they are given (embedded cache), and the key itself is
  // described by them when it is missed, so that strategies select it.
  std::function<std::vector<std::string>(std::string_view key)> tags_of{};
  // Whose access it is, where whoever reports it does not say; empty: nobody's.
  std::function<std::string(std::string_view key)> subject_of{};
  // Keys are hidden in whatever leaves the process: logs, and what the control API and the command line show.
  // This face tells the host its own keys all the same.
  bool redact_keys = false;
  double hold_out = 0.02;  // share of keys that is never warmed, so that warming can be measured against it
  duration proof_horizon = std::chrono::hours{1};  // how long after its warming a first demand counts
  // That start() begins for it, beside the interval; without a cache of their own they are for this one.
  std::vector<schedule_entry> schedules{};
  std::vector<std::string>
      reads{};  // caches that its loader reads: warmed together, they are warmed before it
};

enum class get_outcome : std::uint8_t {
  hit,
  miss,       // loaded, and cached now
  absent,     // the origin has no such key
  failed,     // the load failed; see error
  timed_out,  // the load took longer than the cache's load_timeout; it may still complete
};

struct get_result {
  get_outcome outcome = get_outcome::failed;
  value bytes;
  std::string error{};

  // The value is there.
  explicit operator bool() const noexcept {
    return outcome == get_outcome::hit || outcome == get_outcome::miss;
  }
};

// Whose access it is, where the host knows; accesses of one subject are learned as one sequence.
struct access_context {
  std::string subject{};  // user, session or tenant; empty: the calling thread stands for it
  std::string kind{};     // "session", "forms", "navigation", or the host's own
};

struct put_options {
  duration ttl{0};  // 0: the cache's own
  std::vector<std::string> tags{};
};

class cache_handle {
 public:
  explicit cache_handle(std::shared_ptr<managed_cache> shared) : cache_(std::move(shared)) {}

  const std::string& name() const;

  // Read-through. One load in flight per key: concurrent callers wait for the same load.
  get_result get(std::string_view key);
  get_result get(std::string_view key, const access_context& context);
  // The same without blocking: loads on a thread of the engine's.
  std::future<get_result> get_async(std::string key, access_context context = {});

  // A live set: wins over any fill or load under way. Throws stoker::error when the value can't be kept.
  void put(std::string_view key, std::string_view bytes, const put_options& options = {});

  // An access that did not go through get(): the host has a cache of its own, or replays a log.
  void record(std::string_view key, access_outcome outcome, std::uint32_t bytes = 0,
              std::uint32_t cost_us = 0);
  void record(std::string_view key, access_outcome outcome, const access_context& context,
              const std::vector<std::string>& co_accessed = {}, std::uint32_t bytes = 0,
              std::uint32_t cost_us = 0);
  // Many at once, of feeds: from the front while there is room, and returns how many. Who gets fewer than all
  // may wait a moment and go on, or count the rest as lost. Keys that are too long are passed over, and
  // counted as dropped.
  std::size_t record_all(std::span<const reported_access> accesses);

  // Tags to invalidate and select by; numeric attributes to select by.
  void describe(std::string_view key, std::vector<std::string> tags,
                std::vector<std::pair<std::string, double>> attributes = {});
  // Warming `key` warms `keys` first. Replaces what was said of `key` before.
  void depends(std::string_view key, std::vector<std::string> keys);

  bool invalidate(std::string_view key);
  std::size_t invalidate_tags(const std::vector<std::string>& tags);
  void clear();

  // Accesses within the window that ends now, up to 48 h back.
  std::uint64_t frequency(std::string_view key, duration window = std::chrono::minutes{60});
  // When the next access is expected; empty: not known.
  std::optional<time_point> next_access(std::string_view key);

  cache_stats stats() const;

 private:
  std::shared_ptr<managed_cache> cache_;
};

using progress_callback = std::function<void(const warm_progress&)>;

// What a host's strategy is given when it is asked for candidates.
struct strategy_request {
  std::string cache{};
  std::vector<strategy_parameter_value>
      parameters{};  // as given by the caller; declared ones with their defaults
  std::uint32_t limit = 0;
  time_point now{};
};

// A host's source of candidates. Runs on a thread of the engine's, may block, may throw: the run then fails
// alone.
struct custom_strategy {
  std::string cache{};  // empty: for every cache
  std::string name{};
  std::string description{};
  std::vector<strategy_parameter> parameters{};
  std::function<std::vector<candidate>(const strategy_request&)> propose{};
};

// A host's way to warm by itself; returns success.
struct custom_action {
  std::string cache{};
  std::string name{};
  std::string description{};
  std::vector<strategy_parameter> parameters{};
  std::function<bool(const strategy_request&)> run{};
};

// Each cache gets a schedule of its interval, those of its own configuration, and those given here.
struct start_options {
  duration interval = std::chrono::hours{1};  // 0: none but the schedules that are given
  std::vector<std::string> caches{};          // empty: all
  std::string strategy{};                     // empty: each cache's default
  bool adaptive = false;                      // the intervals follow how often the caches are accessed
  bool patterns = true;                       // warm by the strategy
  bool critical = true;                       // warm critical tasks, where some are registered
  bool tasks =
      false;  // every registered task on an adaptive interval of its own, by how often its key is used
  duration jitter{-1};  // of the intervals; negative: a twentieth of them, at most a minute
  std::vector<schedule_entry> schedules{};
  std::vector<schedule_calendar> calendars{};  // that schedules name
};

struct warm_key_options {
  duration ttl{0};
  std::vector<std::string> tags{};
};

// A key that is to be kept warm. Its strategies are "tasks" and "critical".
struct warming_task {
  std::string cache{};
  std::string id{};    // one of a kind within the cache: a task of the same id is replaced
  std::string name{};  // for people
  std::string key{};   // empty: the id
  loader load{};       // of this key, for warming and for users alike; empty: the cache's origin
  duration ttl{0};     // 0: the cache's own
  std::int32_t priority = nice_to_have_priority;  // 100 and over critical, 50 and over important, 10 and over
                                                  // nice to have, else background
  std::vector<std::string> tags{};
  bool critical = false;  // part of the critical set, whatever its priority
};

struct warm_user_options {
  std::string cache{};                 // empty: all caches
  bool force = false;                  // though it was done within the last five minutes
  std::vector<std::string> kinds{};    // "session", "forms", "navigation", or the host's own; empty: all
  std::vector<std::string> without{};  // kinds that are left out
};

using warm_together_options = warm_together_request;

struct engine_stats {
  std::vector<cache_status> caches{};
  std::vector<warmer_status> warmers{};
  tracker_status tracker;
};

class engine {
 public:
  // Owns its actor system.
  explicit engine(engine_config config = {});
  // Joins the host's, which must have been made with stoker::register_types (messages/type_ids.hpp) and
  // outlives the engine.
  engine(caf::actor_system& host, engine_config config);
  // Stops warming, keeps what was learned, ends every actor.
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  cache_handle add_cache(cache_config config);
  cache_handle cache(const std::string& name) const;
  // Their names, in order.
  std::vector<std::string> caches() const;

  // Replaces the cache's include and exclude rules; plans that are made from now on go by them. Throws
  // stoker::error for a pattern that is none, and changes nothing then.
  void set_key_rules(const std::string& cache, std::vector<std::string> include,
                     std::vector<std::string> exclude);

  // Limits of an origin's own, by its name (cache_config::origin_name): they take the place of the profile's,
  // hold at once, also for runs under way, and may come before the first cache that loads from it. Status
  // shows what holds. Throws stoker::error for limits that are none.
  void limit_origin(const std::string& origin, const origin_limits& limits);
  // Those of the profile again.
  void unlimit_origin(const std::string& origin);

  void register_strategy(custom_strategy strategy);
  void register_action(custom_action action);
  // Throws stoker::error for a task that has no id or key, or that no cache is there for.
  void register_task(const warming_task& task);
  // False: there is no such task.
  bool unregister_task(const std::string& cache, const std::string& id);
  // Those of higher priority first; without their loaders.
  std::vector<warming_task> tasks(const std::string& cache) const;
  std::vector<strategy_description> strategies() const;
  // What hides the keys of a cache, for whoever shows them to others; hides none unless the cache asks for
  // it.
  redaction redaction_of(const std::string& cache) const;

  // Runs strategies and returns what came of it; `progress` is called in this thread.
  warm_report warm(warm_request request, const progress_callback& progress = {});
  // Loads one key now with a loader of its own.
  load_receipt warm_key(const std::string& cache, const std::string& key, const loader& load,
                        const warm_key_options& options = {});
  // Warms the critical tasks now, beside whatever run is under way: of one cache, or of all (empty).
  warm_set_report warm_critical(const std::string& cache = {});
  // Warms a user's or session's recent keys now, beside whatever run is under way. A user who was warmed
  // within five minutes is skipped, which is told by the result and no error.
  warm_set_report warm_user(const std::string& id, const warm_user_options& options = {});
  // Warms several caches in one pass, within one memory budget and one budget of calls an origin: both go
  // where they bring most, the lowest hit ratio and the highest miss cost first, and no cache starves.
  // `progress` tells of all of them together, in this thread.
  warm_set_report warm_together(const warm_together_options& options = {},
                                const progress_callback& progress = {});
  // What a run would do, and why; encode_plan() makes bytes of it, to be run another day.
  warm_plan plan(warm_request request);
  warm_report run(warm_plan plan);
  // Cancels the cache's run, if one is under way.
  void cancel(const std::string& cache);
  // The report of an earlier run with what has come of it since: hit ratio after, used, wasted; 0: the
  // latest.
  warm_report report(const std::string& cache, std::uint64_t run = 0);
  // What the latest runs of a cache came to, taken together.
  warming_performance performance(const std::string& cache);
  // Removes what a run put into the cache and nobody used or changed since; 0: the latest, ended if it is
  // under way.
  rollback_report rollback(const std::string& cache, std::uint64_t run = 0);
  // Could this run work now? With a key, the origin is asked for it; without, its breaker is.
  environment_report validate(warm_request request, const std::string& probe_key = {});
  // What happened to memory lately, and what was done for its sake.
  memory_events events();

  // Background warming. Starting replaces what was started before; what is known of schedules by their ids
  // stays, also over restarts of the process. Throws stoker::error for a schedule that can't work.
  scheduler_status start(const start_options& options = {});
  // Begins no more runs, and waits so long for those under way; what is not over then goes on, and a run that
  // the engine's end interrupts is resumed when the next one starts on the same history.
  scheduler_status stop(duration patience = {});
  // One run of a schedule by its id, or of each of them, now: whatever their times, the load of the machine,
  // and whether background warming is started. Status tells what came of it.
  scheduler_status run_schedules(const std::string& id = {});
  // Fits intervals to how often caches, or tasks, were accessed over the last hour: above 1 a minute 15
  // minutes, above 0.5 30, above 0.1 60, else 120. Lists each; `apply` false changes none.
  schedule_changes optimize_schedules(bool apply = true);

  // Keeps the hot set of a cache in a file: keys, how popular they are, TTL, cost, size, tags; no values.
  // What stood there before stays as PATH.previous. Without a path, in the engine's folder for snapshots. The
  // format stands in storage/snapshots/README.md. Throws stoker::error, which says what and where.
  snapshot_status save_snapshot(const std::string& cache, const std::string& path = {},
                                std::uint32_t keys = usual_snapshot_keys);
  // Takes what a snapshot, of this cache or any other, holds for what the strategy "snapshot" proposes. One
  // that is broken is refused, and what was loaded before stays.
  snapshot_status load_snapshot(const std::string& cache, const std::string& path = {});

  engine_status status();
  engine_stats stats();
  access_patterns patterns(const std::string& cache);
  ranked_keys top(top_request request);
  // Everything known of one key; its count is 0 when nothing is.
  key_statistics key(const std::string& cache, const std::string& key);
  predictions predict(predict_request request);
  // Drops what was learned of a cache.
  void forget(const std::string& cache);
  // Everything recorded so far reaches the history before this returns; false: some of it could not.
  bool flush();

 private:
  friend struct engine_access;  // for hosts that run CAF: <stoker/actors.hpp>
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace stoker
