#include "actors/engine/coarse_clock.hpp"

#include <time.h>

namespace stoker {

namespace {

std::chrono::nanoseconds read(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

}  // namespace

time_point coarse_wall_clock() noexcept {
  return time_point{read(CLOCK_REALTIME_COARSE)};
}

std::chrono::steady_clock::time_point coarse_steady_clock() noexcept {
  return std::chrono::steady_clock::time_point{read(CLOCK_MONOTONIC_COARSE)};
}

}  // namespace stoker
