// Warmer: warms one cache. It runs strategies (candidates, plan, lease, loads, report), one run at a time,
// and loads what the predictor proposes as it comes.
//
// Rankings come from the trackers, values go from the origin's loaders straight into the cache; this actor
// sees keys and receipts only. It asks the cache which keys it has already: a memory cache answers without
// blocking; a back end that must ask a server leaves `entries` empty, and its loaders find out.
//
// It keeps the proof, too: a control group that is never warmed (screening.hpp), what became of both groups
// (trial_ledger.hpp), and which strategies that leaves unproven, proven or throttled (proof.hpp). A run can
// be undone (run_log.hpp), and goes on after an interruption (journaling_actor.hpp).
//
// Its code stands in four files: warmer_actor.cpp (life, ticks, behaviour), warmer_plan_actor.cpp
// (candidates, plans, leases), warmer_run_actor.cpp (runs) and warmer_proof_actor.cpp (what came of them).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/warming/dependency_graph.hpp"
#include "actors/warming/gathering_actor.hpp"
#include "actors/warming/journaling_actor.hpp"
#include "actors/warming/plan.hpp"
#include "actors/warming/prefetching_actor.hpp"
#include "actors/warming/run.hpp"
#include "actors/warming/run_log.hpp"
#include "actors/warming/run_tally.hpp"
#include "actors/warming/screening.hpp"
#include "actors/warming/strategy_registry.hpp"
#include "actors/warming/trial_ledger.hpp"
#include "messages/directory.hpp"
#include "storage/caches/cache.hpp"

namespace stoker {

// How full a cache is.
struct cache_room {
  std::uint64_t head_room_bytes = 0;  // that fills may take without evicting anything; max: no limit
  double utilisation = 0;             // share of its capacity that is in use
};

struct warmer_config {
  std::string cache;
  std::string origin;  // the name of the actor that guards it
  std::shared_ptr<directory> peers;
  clock_function now;
  std::shared_ptr<strategy_registry> strategies;
  std::shared_ptr<stoker::cache> entries;          // for freshness and head-room; may be empty
  std::function<cache_room()> room;                // of a cache without entries; empty: not known
  std::shared_ptr<dependency_graph> dependencies;  // what the host said that keys need first; may be empty
  std::vector<std::string> default_strategies{"popular"};
  duration ttl{};                             // of entries whose load names none; 0: no expiry
  std::shared_ptr<task_book> tasks;           // that the host registered; may be empty
  std::shared_ptr<visit_book> visits;         // when subjects were warmed last; may be empty
  std::shared_ptr<snapshot_shelf> snapshots;  // with what was loaded from one; may be empty
  // The entries that expire one day; may take its time, for it runs where run_host puts it. Empty: nobody
  // can tell.
  std::function<std::vector<cache_entry_info>()> list_entries;

  run_settings run;
  double floor = 0;  // candidates less likely to be used are left out; policies ask for more
  std::uint32_t dependency_depth = stoker::dependency_depth;  // levels that are followed
  std::uint64_t budget_bytes = 0;  // of a run whose request names none; 0: by policy
  std::uint64_t first_run = 1;     // number of the first run; each run has the next

  screening_settings screening;  // key rules and control group
  ledger_limits trials;
  run_log_limits log;
  journaling_settings journal;
  bool undo_on_critical_pressure =
      true;  // take out again what a run put in when memory becomes critical in it

  prefetch_settings prefetch;

  duration load_timeout = std::chrono::seconds{30};     // of one load of a run
  duration question_timeout = std::chrono::seconds{5};  // of a question to trackers and arbiter
  duration host_timeout = std::chrono::minutes{5};      // of a strategy or action of the host's
  duration undo_timeout = std::chrono::seconds{30};     // of a cache outside, to undo a run's fills
  duration run_deadline = std::chrono::minutes{30};     // of a run whose request names none
  duration progress_interval = std::chrono::milliseconds{100};

  // Uniform in [0, 1); empty: a generator seeded by the cache's name, so that caches don't retry in step.
  std::function<double()> random;
  // Of the cache over its recent window, negative when it saw no traffic; empty: not known.
  std::function<double()> recent_hit_ratio;
  // Appends the keys of prefetched entries that left the cache unused since the last call; empty: nobody
  // knows.
  std::function<void(std::vector<std::string>&)> drain_wasted;
  // Gives freed memory back to the system, and returns how many bytes; called on a thread of run_host's.
  // Empty: it stays with the allocator.
  std::function<std::uint64_t()> trim;
  // Where strategies and actions of the host's run: never in a thread of the actor system, for they may
  // block. Empty: threads of the warmer's own.
  task_runner run_host;
};

void validate(const warmer_config& config);

// One run that is being prepared or carried out.
struct warmer_job {
  warm_report header;  // number, strategies, reason, start; what came of it once the run is over
  warm_request request;
  time_point until{};
  std::vector<strategy_answer> answers;  // without their candidates, once planned
  lease taken;
  std::optional<run> work;  // once planned
  caf::typed_response_promise<warm_report> answer;
  caf::strong_actor_ptr listener;  // may be null
  time_point told_at{};            // when it was last told of progress
  bool undo = false;               // once it is over
  std::vector<caf::typed_response_promise<rollback_report>> undo_answers;
};

class warmer_state {
 public:
  warmer_state();
  ~warmer_state();
  static inline const char* name = "warmer";

  void start(warmer_actor::pointer self, warmer_config config);
  caf::result<warm_report> warm(warm_request request, caf::strong_actor_ptr listener);
  caf::result<warm_report> warm(warm_plan plan);
  caf::result<warm_plan> plan(plan_request request);
  caf::result<warmer_status> cancel(std::uint64_t number);
  void prefetch(const prefetch_request& request);
  void pressure(const memory_report& memory);
  void observe(const access_batch& batch);
  caf::result<rollback_report> rollback(std::uint64_t number);
  caf::result<warm_report> report(std::uint64_t number);
  caf::result<environment_report> environment(const environment_request& request);
  warmer_status status() const;
  void wake(std::uint64_t generation);

 private:
  using lease_function = std::function<void(lease)>;
  using failure_function = std::function<void(const std::string&)>;
  using origin_verdict = std::function<void(bool passed, std::string detail)>;

  caf::error busy() const;
  void open_job(warm_request request);
  caf::result<warm_report> open_job(warm_request request, caf::strong_actor_ptr listener);
  bool is_current(std::uint64_t number) const { return job_ && job_->header.run == number; }

  std::shared_ptr<std::vector<candidate>> candidates_of(std::vector<strategy_answer>& answers,
                                                        memory_policy policy) const;
  plan_context context_for(const warm_request& request, std::uint64_t budget_bytes) const;
  std::uint64_t head_room_bytes() const;
  double utilisation() const;
  bool throttled(const candidate& item, time_point now) const;
  void screen(warm_plan& plan) const;
  void ask_lease(const warm_request& request, std::uint64_t bytes, lease_function granted,
                 failure_function failed);
  void give_back(const lease& given, std::uint64_t used_bytes);

  void gathered(std::vector<strategy_answer> answers);
  void lease_for_job(std::uint64_t bytes, std::function<void()> then);
  void finish_plan(const warm_request& request, std::vector<strategy_answer> answers,
                   caf::typed_response_promise<warm_plan> answer);
  void run_plan(warm_plan plan);
  void execute(warm_plan plan);
  void pump();
  void load(load_item item, std::uint64_t number);
  void settle(std::uint64_t number, const load_receipt& receipt);
  void tell_progress(bool at_once);
  void fail(run_outcome outcome, const std::string& text);
  void complete(warm_report report);
  void undo_and_answer(warmer_job over, warm_report report);
  void remember_strategies(const warm_report& report);
  void write_journal(const warm_plan& plan);
  void resume(journal_plan plan, const journal_progress& progress);
  void wake_at(time_point when);

  void start_prefetching();
  void hold_out(const warm_plan& plan);
  void note_receipt(const load_receipt& receipt);
  void catch_up(warm_report& report) const;
  void undo(std::uint64_t number, std::function<void(const rollback_report&)> done);
  void undo_outside(std::vector<std::string> keys, rollback_report so_far,
                    std::function<void(const rollback_report&)> done);
  void note_undone(const rollback_report& result);
  void trim_later();
  void tell_memory(memory_event_kind kind, std::uint64_t bytes, std::string detail) const;
  void look_after_trials();
  void add_strategies(warmer_status& status) const;
  std::vector<environment_check> own_checks(const warm_request& request) const;
  void check_origin(const std::string& probe_key, const origin_verdict& told);

  warmer_actor::pointer self_ = nullptr;
  warmer_config config_;
  gathering_settings gathering_;
  std::unique_ptr<prefetching> prefetching_;
  std::unique_ptr<screening> screening_;
  std::unique_ptr<trial_ledger> trials_;
  std::unique_ptr<run_log> log_;
  run_tally tally_;
  std::unique_ptr<journaling> journal_;
  std::optional<warmer_job> job_;
  std::map<std::string, strategy_run> strategies_;  // what became of each strategy last
  memory_report memory_;
  std::uint64_t runs_ = 0;
  std::uint64_t rollbacks_ = 0;
  std::uint64_t prefetches_proposed_ = 0;
  std::uint64_t next_run_ = 1;
  time_point trials_due_ = time_point::max();  // when the ledger is looked at although nothing happens
  std::uint32_t open_plans_ = 0;
  std::uint64_t generation_ = 0;              // of the tick that is current
  time_point next_wake_ = time_point::max();  // when it comes
};

warmer_actor::behavior_type warmer(warmer_actor::stateful_pointer<warmer_state> self, warmer_config config);

}  // namespace stoker
