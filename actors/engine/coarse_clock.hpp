// Clocks for the path of a lookup: exact to a few milliseconds, at a fifth of the price of an exact one.
#pragma once

#include <chrono>

#include "messages/time.hpp"

namespace stoker {

time_point coarse_wall_clock() noexcept;
std::chrono::steady_clock::time_point coarse_steady_clock() noexcept;

}  // namespace stoker
