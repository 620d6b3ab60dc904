// How often to warm what is accessed so often.
#pragma once

#include <cstdint>
#include <deque>

#include "messages/time.hpp"

namespace stoker {

// Above 1 access a minute 15 minutes, above 0.5 30, above 0.1 60, else 120.
duration fitted_interval(double accesses_per_minute);

// Accesses a minute, over the last hour, from a counter that only rises.
//
// A counter that falls, or a clock that steps back, starts the measurement anew. Bounded: a sample a minute.
class rate_meter {
 public:
  void sample(std::uint64_t accesses, time_point now);
  // Negative: measured for less than a minute.
  double per_minute() const;

 private:
  struct reading {
    time_point at;
    std::uint64_t accesses;
  };

  std::deque<reading> readings_;  // in order; the last one moves until it is a minute from the one before
};

}  // namespace stoker
