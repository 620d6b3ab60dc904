// Pressure: from readings to levels, with hysteresis, so that a level does not flap at its border.
#pragma once

#include "messages/memory.hpp"

namespace stoker {

// Shares of the limit from which a level begins, and how far use must fall below it for the level to end.
inline constexpr double moderate_from = 0.5;
inline constexpr double high_from = 0.8;
inline constexpr double critical_from = 0.9;
inline constexpr double hysteresis = 0.05;

// PSI: tasks stalled on memory for this share of the last ten seconds, over this many readings in a row,
// raise the level by one.
inline constexpr double sustained_stall_share = 0.10;
inline constexpr std::uint32_t sustained_readings = 3;

const char* to_string(pressure_level level) noexcept;

// Used / limit; 0 when no limit is known.
double used_share(const memory_reading& reading);

class pressure_gauge {
 public:
  // Takes a reading and returns the level that holds from now on.
  pressure_level update(const memory_reading& reading);
  pressure_level level() const noexcept { return level_; }

 private:
  pressure_level by_use_ = pressure_level::low;  // what use alone says, hysteresis included
  pressure_level level_ = pressure_level::low;   // by_use_, raised by one while stalls are sustained
  std::uint32_t stalled_readings_ = 0;           // in a row
};

}  // namespace stoker
