// Waits that double from one failure to the next, up to a bound; a success starts them anew. Threads: one.
#pragma once

#include <algorithm>

#include "messages/time.hpp"

namespace stoker {

class retry_backoff {
 public:
  retry_backoff(duration first, duration last) : first_(first), last_(last), next_(first) {}

  // No attempt before this time.
  time_point not_before() const noexcept { return not_before_; }
  void failed(time_point now) noexcept {
    not_before_ = now + next_;
    next_ = std::min(next_ * 2, last_);
  }
  void succeeded() noexcept {
    not_before_ = {};
    next_ = first_;
  }

 private:
  duration first_;
  duration last_;
  duration next_;
  time_point not_before_{};
};

}  // namespace stoker
