#include "actors/warming/strategies/probability.hpp"

#include <algorithm>
#include <cmath>

namespace stoker {

namespace {

double hours(duration span) {
  return std::chrono::duration<double, std::ratio<3600>>(span).count();
}

double square(double x) {
  return x * x;
}

}  // namespace

double probability_by_rate(double rate_per_hour, duration horizon) noexcept {
  return -std::expm1(-std::max(0.0, rate_per_hour) * std::max(0.0, hours(horizon)));
}

double probability_by_idle_time(duration idle, duration horizon) noexcept {
  const auto a = std::max(0.0, hours(idle));
  const auto h = std::max(0.0, hours(horizon));
  return a + h > 0 ? h / (a + h) : 0;
}

double probability_by_interval(duration mean, duration since_last, duration horizon) noexcept {
  constexpr double gamma_of_three_halves = 0.886226925452758;
  if (mean <= duration::zero()) return 0;
  const auto scale = hours(mean) / gamma_of_three_halves;
  const auto a = std::max(0.0, hours(since_last)) / scale;
  const auto h = std::max(0.0, hours(horizon)) / scale;
  return -std::expm1(square(a) - square(a + h));
}

double probability_by_recency(std::size_t rank) noexcept {
  return 0.8 / (1 + static_cast<double>(rank) / 16);
}

duration before_expiry(duration horizon, duration ttl) noexcept {
  return ttl > duration::zero() ? std::min(horizon, ttl) : horizon;
}

}  // namespace stoker
