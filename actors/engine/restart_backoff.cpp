#include "actors/engine/restart_backoff.hpp"

#include <algorithm>

namespace stoker {

duration restart_backoff::died(time_point now) {
  if (now - started_ >= stable_after) next_ = first_restart_delay;
  const auto delay = next_;
  next_ = std::min(next_ * 2, longest_restart_delay);
  ++restarts_;
  return delay;
}

}  // namespace stoker
