// When a dead actor is started again: at once the first time, then ever later while it keeps dying.
//
// Pure: time is an argument.
#pragma once

#include <cstdint>

#include "messages/time.hpp"

namespace stoker {

// Doubles from the first delay to the longest. An actor that lived for `stable_after` starts from the first
// again.
inline constexpr duration first_restart_delay = std::chrono::milliseconds{100};
inline constexpr duration longest_restart_delay = std::chrono::seconds{30};
inline constexpr duration stable_after = std::chrono::seconds{60};

class restart_backoff {
 public:
  void started(time_point now) { started_ = now; }
  // The actor died: how long to wait before it is started again.
  duration died(time_point now);
  std::uint32_t restarts() const noexcept { return restarts_; }

 private:
  time_point started_{};
  duration next_ = first_restart_delay;
  std::uint32_t restarts_ = 0;  // ever
};

}  // namespace stoker
