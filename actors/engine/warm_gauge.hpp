// Whether a cache is warm, by the hit ratios of its windows (design: warm). Pure.
//
// With a steady state on record: warm once three windows in a row are at most one point below it. Without
// one: once three windows in a row lie within one point of each other; their mean is then recorded. A warm
// cache's record follows its windows slowly. One that stays below its record for long has other traffic than
// before: the record is given up. Warm is said once; a cache that is emptied is cold again.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

class warm_gauge {
 public:
  explicit warm_gauge(time_point began) : began_(began) {}

  // The steady state as it was recorded before; not heeded once the cache is warm.
  void restore(double steady_hit_ratio);
  // A window closed.
  void closed(double hit_ratio, time_point now);
  // The cache lost what it held.
  void emptied(time_point now);

  bool warm() const noexcept { return time_to_warm_ >= duration::zero(); }
  // Negative: none is recorded.
  double steady() const noexcept { return steady_; }
  // The last window's hit ratio / the steady one, at most 1; negative: not known.
  double warmness() const noexcept;
  // From its beginning, or from when it was emptied; negative: not warm yet.
  duration time_to_warm() const noexcept { return time_to_warm_; }

 private:
  bool reached() const;

  time_point began_;
  duration time_to_warm_{-1};
  double steady_ = -1;
  std::vector<double> recent_;  // the last windows, at most three
  std::uint32_t cold_windows_ = 0;
};

}  // namespace stoker
