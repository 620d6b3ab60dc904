// The strategies that every cache has.
//
//   popular  the keys used most, by decayed rate; probability of use within the horizon, of a Poisson process
//   recent   the keys used last; probability of use within the horizon h after an idle time a: h / (a + h)
#pragma once

#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

std::vector<strategy> builtin_strategies();

// The probability that a key demanded `rate_per_hour` times an hour, independently, is demanded within the
// horizon.
double probability_by_rate(double rate_per_hour, duration horizon) noexcept;

// The same of a key of which only its idle time is known: the interval's scale is unknown too, so the prior
// is free of scale, and the chance that an interval that lasted a ends within h is h / (a + h) (Gott, Nature
// 363, 1993).
double probability_by_idle_time(duration idle, duration horizon) noexcept;

}  // namespace stoker
