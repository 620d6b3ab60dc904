// The limits of an origin: how hard warming may lean on it, in its own units. Users' loads are counted
// against them, and never wait for them: warming takes what is left.
#pragma once

#include <cstdint>
#include <string>

#include "messages/time.hpp"

namespace stoker {

// So many an interval, saved up to a burst: over any time T at most burst + T x tokens / interval.
struct rate_limit {
  double tokens = 0;  // an interval; 0: no limit
  duration interval = std::chrono::seconds{1};
  double burst = 0;  // saved at most; 0: one interval's tokens, at least 1
};

constexpr rate_limit per_second(double tokens, double burst = 0) {
  return {tokens, std::chrono::seconds{1}, burst};
}

constexpr rate_limit per_minute(double tokens, double burst = 0) {
  return {tokens, std::chrono::minutes{1}, burst};
}

struct origin_limits {
  rate_limit calls{};  // loads
  // Of values. A load begins when as many are left as its value is thought to have, and the difference is
  // settled when it came: what it took more, later loads wait for.
  rate_limit bytes{};
  std::uint32_t in_flight = 0;  // calls at once, users' own included; 0: as many as there are loaders
};

// Throws stoker::error(errc::invalid_argument): a figure is negative, or an interval is not positive.
void validate(const rate_limit& limit);
void validate(const origin_limits& limits);

// Gives an origin limits of its own, or (`own` false) those of the profile again.
struct origin_limits_change {
  std::string origin{};
  bool own = true;
  origin_limits limits{};
};

template <class Inspector>
auto inspect(Inspector& f, rate_limit& x) {
  return f(x.tokens, x.interval, x.burst);
}

template <class Inspector>
auto inspect(Inspector& f, origin_limits& x) {
  return f(x.calls, x.bytes, x.in_flight);
}

template <class Inspector>
auto inspect(Inspector& f, origin_limits_change& x) {
  return f(x.origin, x.own, x.limits);
}

}  // namespace stoker
