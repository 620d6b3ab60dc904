#include "messages/origin_limits.hpp"

#include "messages/error.hpp"

namespace stoker {

void validate(const rate_limit& limit) {
  if (!(limit.tokens >= 0) || !(limit.burst >= 0) || limit.interval <= duration::zero())
    throw error{errc::invalid_argument,
                "rate limit: tokens and burst must not be negative, the interval be positive"};
}

void validate(const origin_limits& limits) {
  validate(limits.calls);
  validate(limits.bytes);
}

}  // namespace stoker
