// Memory monitor: reads memory every interval, and tells arbiter, scheduler and warmers when the level
// changes; and remembers what happened to memory, or was done for its sake.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "actors/memory/pressure.hpp"
#include "messages/directory.hpp"

namespace stoker {

struct memory_monitor_config {
  std::shared_ptr<directory> peers;
  clock_function now;
  // A reading of memory; must not block for long: reads of /proc and /sys take microseconds.
  std::function<memory_reading()> read;
  duration interval = std::chrono::seconds{1};
  // Told of every event, in the actor's thread: must not block. May be empty.
  std::function<void(const memory_event&)> notify;
};

void validate(const memory_monitor_config& config);

class memory_monitor_state {
 public:
  memory_monitor_state() = default;
  static inline const char* name = "memory monitor";

  void start(memory_monitor_actor::pointer self, memory_monitor_config config);
  void read_again();
  const memory_report& latest() const noexcept { return latest_; }
  // Keeps the latest max_memory_events, each with the time and level of its arrival.
  void record(memory_event event);
  memory_events events() const;

 private:
  void publish(const pressure_event& event);
  void record_level(pressure_level before);

  memory_monitor_actor::pointer self_ = nullptr;
  memory_monitor_config config_;
  pressure_gauge gauge_;
  memory_report latest_;
  std::deque<memory_event> events_;  // oldest first
  std::uint64_t recorded_ = 0;
  bool published_ =
      false;  // the first reading is published whatever its level: it brings the arbiter its numbers
};

memory_monitor_actor::behavior_type memory_monitor(
    memory_monitor_actor::stateful_pointer<memory_monitor_state> self, memory_monitor_config config);

}  // namespace stoker
