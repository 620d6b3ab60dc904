// How long ahead of a peak to warm: the lead time that paid off best, and none at all while none does.
//
// A lead's benefit is the smoothed share of what was warmed that was used soon after the rise; nothing, when
// the run was not over before it. Leads that can't be long enough for a run are not chosen; one that was
// never tried counts as half a benefit, so that a lead that does worse gives way. When the best benefit is
// below a tenth, only every eighth peak is warmed for, to find out whether that is still so. Pure.
#pragma once

#include <optional>
#include <vector>

#include "messages/timetable_codec.hpp"

namespace stoker {

class lead_book {
 public:
  lead_book();

  // For the next peak, when a run takes `run_time` (0: not known). Empty: no lead pays off. Asking changes
  // nothing; passed() counts the peaks.
  std::optional<duration> choose(duration run_time) const;
  // A peak has come, warmed for or not.
  void passed() { ++peaks_; }
  // What warming with this lead came to: `benefit` 0..1, and whether it was over before the rise.
  void settle(duration lead, double benefit, bool in_time);

  const std::vector<kept_lead>& leads() const noexcept { return leads_; }
  void restore(const std::vector<kept_lead>& kept);

 private:
  std::vector<kept_lead> leads_;  // shorter ones first
  std::uint64_t peaks_ = 0;
};

}  // namespace stoker
