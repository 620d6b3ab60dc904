// How likely a key is to be used in time: what strategies make of what is known of it.
//
// "In time" is the horizon: how far ahead a use counts, and never beyond the TTL that the entry would have,
// for it must be used before it expires. All are between 0 and 1, and rise with the evidence and with the
// horizon.
#pragma once

#include <cstddef>

#include "messages/time.hpp"

namespace stoker {

// Of keys that a person names one by one, and whose use nothing else is known of: he had a reason.
inline constexpr double named_probability = 0.9;
// Of keys that a person selects by kind (a tag, an attribute, a glob), at least: behind all that is known to
// be used, but above any floor.
inline constexpr double selected_probability = 0.05;

// That a key demanded `rate_per_hour` times an hour, independently, is demanded within the horizon: 1 -
// exp(-rate x horizon), of a Poisson process.
double probability_by_rate(double rate_per_hour, duration horizon) noexcept;

// The same of a key of which only its idle time is known: the interval's scale is unknown too, so the prior
// is free of scale, and the chance that an interval that lasted a ends within h is h / (a + h) (Gott, Nature
// 363, 1993).
double probability_by_idle_time(duration idle, duration horizon) noexcept;

// That a key whose accesses come at intervals of a mean m, the last one a ago, is demanded within h: of a
// Weibull process of shape 2, half-way between pure chance (1) and a clock: 1 - exp((a/s)^2 - ((a+h)/s)^2)
// with s = m / Gamma(3/2). 0 when the mean is not positive.
double probability_by_interval(duration mean, duration since_last, duration horizon) noexcept;

// That a subject who comes back asks again for the key that stands at `rank` (0: the latest) among his recent
// ones: 0.8 / (1 + rank / 16). A prior, in the shape that reuse distances usually have.
double probability_by_recency(std::size_t rank) noexcept;

// The sooner of the two; a TTL of 0 is none.
duration before_expiry(duration horizon, duration ttl) noexcept;

}  // namespace stoker
