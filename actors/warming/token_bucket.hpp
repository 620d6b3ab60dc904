// A token bucket: so many tokens an interval, saved up to a burst.
//
// Users' demand takes tokens without asking, and may leave the bucket in debt: warming then waits until it is
// paid, and so gives way. Time comes in as an argument; times that go backwards add nothing. Threads: one at
// a time.
#pragma once

#include "messages/time.hpp"

namespace stoker {

struct rate_limit {
  double tokens = 0;  // an interval; 0: no limit
  duration interval = std::chrono::seconds{1};
  double burst = 0;  // saved at most; 0: one interval's tokens, at least 1
};

// Throws stoker::error when a figure is negative, or the interval is not positive.
void validate(const rate_limit& limit);

class token_bucket {
 public:
  // Starts full.
  token_bucket(const rate_limit& limit, time_point now);

  // Takes one token when there is one.
  bool take(time_point now);
  // Takes tokens that are spent already.
  void spend(double tokens, time_point now);
  // When take() will succeed; `now` when it would at once.
  time_point next(time_point now);
  // What is left, negative in debt; -1 without a limit, as status shows it.
  double level(time_point now);

  bool limited() const noexcept { return per_second_ > 0; }

 private:
  void refill(time_point now);

  double per_second_;
  double burst_;
  double tokens_;  // INVARIANT: -deepest_debt_ <= tokens_ <= burst_
  double deepest_debt_;
  time_point refilled_;
};

}  // namespace stoker
