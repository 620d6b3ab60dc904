#include "actors/warming/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace stoker {

namespace {

// Demand that is over the limit for long must not keep warming out for ever after it ends.
constexpr double longest_debt_seconds = 60;

double seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

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

bool token_bucket::take(time_point now, double tokens) {
  if (!limited()) return true;
  refill(now);
  if (tokens_ < std::min(tokens, burst_)) return false;
  tokens_ -= tokens;
  return true;
}

void token_bucket::spend(double tokens, time_point now) {
  if (!limited()) return;
  refill(now);
  tokens_ = std::min(tokens_, std::max(-deepest_debt_, tokens_ - tokens));
}

void token_bucket::settle(double tokens, time_point now) {
  if (!limited()) return;
  refill(now);
  tokens_ = std::min(burst_, tokens_ - tokens);
}

time_point token_bucket::next(time_point now, double tokens) {
  if (!limited()) return now;
  refill(now);
  const auto missing = std::min(tokens, burst_) - tokens_;
  if (missing <= 0) return now;
  // A nanosecond more than computed, so that rounding never wakes the caller too early.
  return now + duration{static_cast<duration::rep>(std::ceil(missing / per_second_ * 1e9)) + 1};
}

void token_bucket::change(const rate_limit& limit, time_point now) {
  refill(now);
  token_bucket changed{limit, now};
  if (limited()) changed.tokens_ = std::min(changed.burst_, tokens_);
  *this = changed;
}

double token_bucket::level(time_point now) {
  if (!limited()) return -1;
  refill(now);
  return tokens_;
}

}  // namespace stoker
