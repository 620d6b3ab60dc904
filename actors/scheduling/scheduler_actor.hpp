// Scheduler: decides when what is warmed, asks the warmer of the cache, and keeps the outcome over restarts.
#pragma once

#include <memory>

#include "actors/scheduling/timetable.hpp"
#include "messages/directory.hpp"

namespace stoker {

struct scheduler_config {
  std::shared_ptr<directory> peers;
  clock_function now;
  duration run_timeout = std::chrono::minutes{60};  // after which a run that did not answer counts as failed
  duration history_timeout = std::chrono::seconds{5};  // of reading and keeping the timetable
  duration longest_wait = std::chrono::seconds{60};    // between two looks at the clock, which may step
};

void validate(const scheduler_config& config);

class scheduler_state {
 public:
  scheduler_state() = default;
  static inline const char* name = "scheduler";

  void start(scheduler_actor::pointer self, scheduler_config config);
  caf::result<scheduler_status> start_schedule(stoker::start_schedule entries);
  scheduler_status stop_schedule();
  scheduler_status run_all();
  void run_due(std::uint64_t generation);
  void pressure(pressure_level level);
  scheduler_status status() const { return table_.status(); }

 private:
  void restore();
  void restored();
  void run(const std::string& id);
  void finish(const std::string& id, bool succeeded, std::string result);
  void save();
  void wait_for_next();

  scheduler_actor::pointer self_ = nullptr;
  scheduler_config config_;
  timetable table_;
  pressure_level level_ = pressure_level::low;
  bool restored_ = false;         // nothing runs before it is known what ran last
  std::uint64_t generation_ = 0;  // of the tick that is current
};

scheduler_actor::behavior_type scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
                                         scheduler_config config);

}  // namespace stoker
