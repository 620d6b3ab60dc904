// When a key is expected next.
#pragma once

#include <array>
#include <cstdint>

#include "messages/statistics.hpp"
#include "messages/time.hpp"

namespace stoker {

// What a prediction needs to know.
struct arrival_habit {
  std::uint64_t count = 0;
  time_point last_access{};
  double mean_interval_s = 0;
  double interval_variance_s2 = 0;
};

// Fewer accesses show no interval worth the name.
inline constexpr std::uint64_t least_accesses_to_predict = 3;
// Standard deviation over mean. Arrivals by pure chance (Poisson) have 1; above this they come in bursts, and
// the mean says nothing of the next one.
inline constexpr double wildest_variation = 1.5;
// The share of a key's accesses that its usual hour of the day must have.
inline constexpr double usual_hour_share = 0.5;

// Last access and mean interval; the epoch when there is no telling. It may be past: then the key is overdue.
time_point next_access(const arrival_habit& habit) noexcept;

// The start of the next hour in which the key is usually asked for, or of the current one if it was not asked
// for in it yet; the epoch when no hour of the day has its usual_hour_share.
time_point next_usual_hour(const std::array<std::uint32_t, 24>& hour_of_day, time_point last_access,
                           time_point now) noexcept;

// The one, or else the other: everything that is known of a key.
time_point next_access(const key_statistics& key, time_point now) noexcept;

}  // namespace stoker
