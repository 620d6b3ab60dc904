// A token bucket: so many tokens an interval, saved up to a burst.
//
// Users' demand takes tokens without asking, and may leave the bucket in debt: warming then waits until it is
// paid, and so gives way. So does a load that took more than it was thought to. Time comes in as an argument;
// times that go backwards add nothing. Threads: one at a time.
#pragma once

#include "messages/origin_limits.hpp"
#include "messages/time.hpp"

namespace stoker {

class token_bucket {
 public:
  // Starts full.
  token_bucket(const rate_limit& limit, time_point now);

  // Takes so many tokens when they are there; of more than the burst, when the bucket is full.
  bool take(time_point now, double tokens = 1);
  // Takes tokens that users spent already: debt of more than a minute is forgiven.
  void spend(double tokens, time_point now);
  // Takes what a load of warming's own took beyond what it was given, or (negative) gives back what it left.
  void settle(double tokens, time_point now);
  // When take() will succeed; `now` when it would at once.
  time_point next(time_point now, double tokens = 1);
  // Another limit, that holds from now on: what was saved or is owed stays, as far as the burst goes.
  void change(const rate_limit& limit, time_point now);
  // What is left, negative in debt; -1 without a limit, as status shows it.
  double level(time_point now);

  bool limited() const noexcept { return per_second_ > 0; }

 private:
  void refill(time_point now);

  double per_second_;
  double burst_;
  double tokens_;  // INVARIANT: tokens_ <= burst_
  double deepest_debt_;
  time_point refilled_;
};

}  // namespace stoker
