#include "actors/memory/pressure.hpp"

#include <algorithm>

namespace stoker {

namespace {

pressure_level level_of(double share) {
  if (share >= critical_from) return pressure_level::critical;
  if (share >= high_from) return pressure_level::high;
  if (share >= moderate_from) return pressure_level::moderate;
  return pressure_level::low;
}

pressure_level raised(pressure_level level) {
  return static_cast<pressure_level>(
      std::min(static_cast<int>(level) + 1, static_cast<int>(pressure_level::critical)));
}

}  // namespace

const char* to_string(pressure_level level) noexcept {
  switch (level) {
    case pressure_level::low:
      return "low";
    case pressure_level::moderate:
      return "moderate";
    case pressure_level::high:
      return "high";
    case pressure_level::critical:
      return "critical";
  }
  return "unknown";
}

double used_share(const memory_reading& reading) {
  if (reading.limit_bytes == 0) return 0;
  return static_cast<double>(reading.used_bytes) / static_cast<double>(reading.limit_bytes);
}

pressure_level pressure_gauge::update(const memory_reading& reading) {
  const auto share = used_share(reading);
  // Rising takes the border itself; falling takes the border less the hysteresis.
  by_use_ = std::max(level_of(share), std::min(by_use_, level_of(share + hysteresis)));
  stalled_readings_ = reading.stall_share >= sustained_stall_share ? stalled_readings_ + 1 : 0;
  level_ = stalled_readings_ >= sustained_readings ? raised(by_use_) : by_use_;
  return level_;
}

}  // namespace stoker
