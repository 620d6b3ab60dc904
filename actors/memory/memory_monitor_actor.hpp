// Memory monitor: reads memory every interval, and tells arbiter, scheduler and warmers when the level
// changes.
#pragma once

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
};

void validate(const memory_monitor_config& config);

class memory_monitor_state {
 public:
  memory_monitor_state() = default;
  static inline const char* name = "memory monitor";

  void start(memory_monitor_actor::pointer self, memory_monitor_config config);
  void read_again();
  const memory_report& latest() const noexcept { return latest_; }

 private:
  void publish(const pressure_event& event);

  memory_monitor_actor::pointer self_ = nullptr;
  memory_monitor_config config_;
  pressure_gauge gauge_;
  memory_report latest_;
  bool published_ =
      false;  // the first reading is published whatever its level: it brings the arbiter its numbers
};

memory_monitor_actor::behavior_type memory_monitor(
    memory_monitor_actor::stateful_pointer<memory_monitor_state> self, memory_monitor_config config);

}  // namespace stoker
