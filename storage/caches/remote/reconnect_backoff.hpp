// When the next attempt to connect may be made: at once after a connection that worked, then later and later.
//
// Threads: one at a time. Time and randomness come in as arguments.
#pragma once

#include <algorithm>
#include <chrono>

#include "messages/time.hpp"

namespace stoker {

class reconnect_backoff {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  static constexpr duration first_pause = std::chrono::milliseconds{50};
  static constexpr duration longest_pause = std::chrono::seconds{5};

  bool may_try(steady_time now) const noexcept { return now >= next_; }

  // `random` in [0, 1): clients of a server that comes back should not come all at once.
  void failed(steady_time now, double random) noexcept {
    const auto jittered = std::chrono::duration<double, std::nano>(pause_) * (0.75 + random / 2);
    next_ = now + std::chrono::duration_cast<duration>(jittered);
    pause_ = std::min(pause_ * 2, longest_pause);
  }
  void worked() noexcept { *this = {}; }

 private:
  duration pause_ = first_pause;  // before the jitter
  steady_time next_{};
};

}  // namespace stoker
