#include "actors/warming/token_bucket.hpp"

#include <algorithm>
#include <cmath>

#include "messages/error.hpp"

namespace stoker {

namespace {

// Demand that is over the limit for long must not keep warming out for ever after it ends.
constexpr double longest_debt_seconds = 60;

double seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

void validate(const rate_limit& limit) {
  if (!(limit.tokens >= 0) || !(limit.burst >= 0) || limit.interval <= duration::zero())
    throw error{errc::invalid_argument,
                "rate limit: tokens and burst must not be negative, the interval be positive"};
}

token_bucket::token_bucket(const rate_limit& limit, time_point now)
    : per_second_(limit.tokens / seconds(limit.interval)),
      burst_(std::max(1.0, limit.burst > 0 ? limit.burst : limit.tokens)),
      tokens_(burst_),
      deepest_debt_(per_second_ * longest_debt_seconds),
      refilled_(now) {}

void token_bucket::refill(time_point now) {
  if (now <= refilled_) return;
  tokens_ = std::min(burst_, tokens_ + per_second_ * seconds(now - refilled_));
  refilled_ = now;
}

bool token_bucket::take(time_point now) {
  if (!limited()) return true;
  refill(now);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void token_bucket::spend(double tokens, time_point now) {
  if (!limited()) return;
  refill(now);
  tokens_ = std::max(-deepest_debt_, tokens_ - tokens);
}

time_point token_bucket::next(time_point now) {
  if (!limited()) return now;
  refill(now);
  if (tokens_ >= 1) return now;
  // A nanosecond more than computed, so that rounding never wakes the caller too early.
  return now + duration{static_cast<duration::rep>(std::ceil((1 - tokens_) / per_second_ * 1e9)) + 1};
}

double token_bucket::level(time_point now) {
  if (!limited()) return -1;
  refill(now);
  return tokens_;
}

}  // namespace stoker
