#include "actors/memory/adaptive_share.hpp"

#include <algorithm>

namespace stoker {

void adaptive_share::shrink() noexcept {
  value_ = std::max(least, value_ * factor_down);
}

void adaptive_share::pressure(pressure_level level) noexcept {
  const auto rose = level > level_;
  level_ = level;
  if (!rose) return;
  if (level == pressure_level::critical) value_ = least;
  if (level == pressure_level::high) shrink();
}

void adaptive_share::run_over(double benefit) noexcept {
  if (benefit < 0) return;
  if (benefit < poor_benefit) return shrink();
  if (benefit >= good_benefit && level_ <= pressure_level::moderate)
    value_ = std::min(most, value_ + step_up);
}

}  // namespace stoker
