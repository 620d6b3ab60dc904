#include "actors/tracking/next_access.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stoker {

namespace {

// Beyond this the sum would leave the range of a time_point (some 290 years).
constexpr double longest_interval_s = 1e9;

std::int64_t hours_since_epoch(time_point time) {
  return std::chrono::floor<std::chrono::hours>(time.time_since_epoch()).count();
}

}  // namespace

time_point next_access(const arrival_habit& habit) noexcept {
  const double mean = habit.mean_interval_s;
  if (habit.count < least_accesses_to_predict || mean <= 0 || mean > longest_interval_s) return {};
  if (std::sqrt(habit.interval_variance_s2) > wildest_variation * mean) return {};
  return habit.last_access + std::chrono::duration_cast<duration>(std::chrono::duration<double>{mean});
}

time_point next_usual_hour(const std::array<std::uint32_t, 24>& hour_of_day, time_point last_access,
                           time_point now) noexcept {
  const auto peak = std::max_element(hour_of_day.begin(), hour_of_day.end());
  const auto total = std::accumulate(hour_of_day.begin(), hour_of_day.end(), std::uint64_t{0});
  if (*peak < least_accesses_to_predict || *peak < usual_hour_share * static_cast<double>(total)) return {};
  const std::int64_t hour = hours_since_epoch(now);
  std::int64_t ahead = ((peak - hour_of_day.begin()) - hour % 24 + 24) % 24;
  if (ahead == 0 && hours_since_epoch(last_access) == hour) ahead = 24;
  return time_point{std::chrono::hours{hour + ahead}};
}

time_point next_access(const key_statistics& key, time_point now) noexcept {
  const auto regular =
      next_access({key.count, key.last_access, key.mean_interval_s, key.interval_variance_s2});
  return regular != time_point{} ? regular : next_usual_hour(key.hour_of_day, key.last_access, now);
}

}  // namespace stoker
