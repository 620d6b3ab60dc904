// Time as it crosses actor boundaries: wall-clock points and spans, both in nanoseconds.
//
// The same types as caf::timestamp and caf::timespan, spelled without CAF so that pure logic can use them.
#pragma once

#include <chrono>
#include <functional>

namespace stoker {

using duration = std::chrono::nanoseconds;
using time_point = std::chrono::time_point<std::chrono::system_clock, duration>;

// Where an actor takes the time from; tests give it simulated time.
using clock_function = std::function<time_point()>;

}  // namespace stoker
