// Scheduler: decides when what is warmed, asks the warmer of the cache, and keeps the outcome over restarts.
//
// It looks at the clock, at the machine's load and at the caches' counters once a minute, and every few
// seconds while a schedule waits for what only looking tells. Nothing it does blocks: warmers, trackers and
// the historian are asked, and what must block runs on a thread of its own. Faults: a warmer that is down,
// fails or does not answer in time fails the run, which the schedule's line tells; the next run comes as
// planned. Without a history the timetable starts afresh.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "actors/scheduling/machine_load.hpp"
#include "actors/scheduling/timetable.hpp"
#include "actors/warming/host_call_actor.hpp"
#include "messages/directory.hpp"

namespace stoker {

// What outlives a restart of the actor, but not the process. Threads: any, one at a time.
struct standing_schedule {
  std::mutex mutex{};
  std::optional<start_schedule> started{};  // empty: background warming is stopped
  bool start_was_told = false;              // schedules that wait for the engine's start have had it
};

struct scheduler_config {
  std::shared_ptr<directory> peers;
  clock_function now;
  duration run_timeout = std::chrono::minutes{60};  // after which a run that did not answer counts as failed
  duration history_timeout = std::chrono::seconds{5};  // of reading and keeping the timetable
  duration longest_wait = std::chrono::seconds{60};    // between two looks at the clock, which may step
  duration watch_interval = std::chrono::seconds{5};   // the same, while something is watched or put off
  std::string node{};                                  // of several that warm from the same origins
  load_limits load{};
  // Each may be empty: then nothing is known. They must not block.
  std::function<std::vector<cache_pulse>()> pulses{};
  std::function<machine_load()> read_load{};
  std::function<bool(const std::string& cache, duration within)> expires_soon{};
  // May block, for it runs by `run_host`; returns what it did, in words.
  std::function<std::string()> clean_up{};
  // Saves the hot sets of caches, and tells in words; may take its time. May be empty.
  std::function<std::string(const std::map<std::string, ranked_keys>&)> save_snapshots{};
  task_runner run_host{};
  std::shared_ptr<standing_schedule> standing = std::make_shared<standing_schedule>();
};

void validate(const scheduler_config& config);

class scheduler_state {
 public:
  scheduler_state() = default;
  static inline const char* name = "scheduler";

  void start(scheduler_actor::pointer self, scheduler_config config);
  caf::result<scheduler_status> start_schedule(stoker::start_schedule schedules);
  caf::result<scheduler_status> stop_schedule(duration patience);
  caf::result<scheduler_status> run_by_hand(const std::string& id);
  caf::result<schedule_changes> optimize(bool apply);
  void look(std::uint64_t generation);
  void happened(const cache_event& event);
  void pressure(pressure_level level);
  scheduler_status status() const;

 private:
  // Stopped, and waits for runs under way.
  struct waiting_stop {
    caf::typed_response_promise<scheduler_status> promise;
    time_point deadline;
  };

  void restore();
  void restored();
  void resume_standing();
  void tell_start();
  void observe(time_point now);
  void watch_expiry(time_point now);
  void run_due(time_point now);
  bool must_wait(schedule_row& row, time_point now);
  void wait_for_next();
  bool is_watching() const;
  void answer_stops();

  // Tasks: scheduler_tasks_actor.cpp.
  void run(const std::string& id);
  void warm(const std::string& id, const warm_request& request);
  void warm_together(const std::string& id, const warm_request& request, std::vector<std::string> caches);
  void save_learned(const std::string& id);
  void flush_learners(const std::string& id, bool complete);
  void clean_up(const std::string& id);
  void snapshot(const std::string& id, const std::string& cache);
  void on_a_thread(const std::string& id, std::function<std::string()> work);
  void finish(const std::string& id, run_result result);
  void follow_up(const std::string& id);
  // Asks how often the keys of adaptive schedules are accessed, then calls done.
  void measure_keys(std::function<void()> done);
  void save();

  scheduler_actor::pointer self_ = nullptr;
  scheduler_config config_;
  timetable table_;
  pressure_level level_ = pressure_level::low;
  double load_ = 0;               // 1: at the limit
  bool restored_ = false;         // nothing runs before it is known what ran last
  bool running_due_ = false;      // in run_due(): what ends meanwhile begins no others
  std::uint64_t generation_ = 0;  // of the tick that is current
  time_point next_measurement_{};
  time_point next_habit_save_{};
  std::deque<waiting_stop> stops_;
};

scheduler_actor::behavior_type scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
                                         scheduler_config config);

}  // namespace stoker
