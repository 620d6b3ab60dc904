// How often a key is used, as the counter tells that Redis keeps of it under an LFU policy (OBJECT FREQ).
// Pure.
//
// The counter is logarithmic: a use of a key whose counter stands at c raises it with probability
// 1 / ((c - 5) * f + 1), where f is lfu-log-factor and 5 what a new key starts at; each lfu-decay-time
// minutes it falls by one (Redis, evict.c). Where the two balance, the key is used ((c - 5) * f + 1) / decay
// times a minute: that is what is taken for its rate.
#pragma once

#include <algorithm>
#include <cstdint>

namespace stoker::feeds {

struct lfu_settings {
  double log_factor = 10;
  double decay_minutes = 1;  // 0: never; rates are then right among one another, not by themselves
};

inline double uses_per_second(std::int64_t counter, const lfu_settings& settings) {
  constexpr std::int64_t initial = 5;
  if (counter <= 0) return 0;
  const auto above = static_cast<double>(std::max<std::int64_t>(counter - initial, 0));
  const double decay_s = 60 * (settings.decay_minutes > 0 ? settings.decay_minutes : 1);
  return (above * settings.log_factor + 1) / decay_s;
}

// How many uses a key that was looked at stands for, so that every key gets what is due to it in the long
// run: those of the round, and those of the rounds in which others were looked at instead.
inline double uses_of_round(double rate_per_s, double round_s, double keys, double looked_at) {
  return rate_per_s * round_s * std::max(keys / std::max(looked_at, 1.0), 1.0);
}

// The whole number whose mean is `mean`; `lot` in [0, 1).
inline std::uint64_t drawn(double mean, double lot) {
  return static_cast<std::uint64_t>(mean + lot);
}

}  // namespace stoker::feeds
