// What a week usually looks like: accesses by quarter of an hour of local time over the last weeks, and the
// rises that come back.
//
// A quarter is a rise when it has at least twice the accesses of the quarter before and of the mean of the
// hour before, and a quarter of those of the busiest one. A rise is expected where at least two earlier weeks
// were observed at that hour of that day, and two thirds of them rose. Local time, for habits follow the
// clock on the wall. Pure, bounded: 10 KiB.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

class weekly_habits {
 public:
  static constexpr auto slot_time = std::chrono::minutes{15};
  static constexpr std::int64_t slots_a_week = 7 * 24 * 4;
  static constexpr std::int64_t remembered_weeks = 4;

  explicit weekly_habits(absl::TimeZone zone);

  // This many accesses passed since the last call; also to be called when none did: time that was watched
  // without an access is known to be quiet, time that nobody watched is not.
  void count(std::uint64_t accesses, time_point now);

  // When the next expected rise begins, from `from` on, at most a day ahead.
  std::optional<time_point> next_rise(time_point from) const;

  // Everything, to be kept; and back. What does not fit is ignored: habits are then learned anew.
  std::int64_t latest_slot() const noexcept { return latest_; }
  const std::vector<std::uint32_t>& slots() const noexcept { return slots_; }
  void restore(std::int64_t latest, const std::vector<std::uint32_t>& slots);

 private:
  std::int64_t slot_of(time_point at) const;
  time_point begin_of(std::int64_t slot) const;
  void advance_to(std::int64_t slot);
  std::optional<std::uint32_t> accesses_in(std::int64_t slot) const;
  std::optional<bool> rose_at(std::int64_t slot, std::uint32_t busiest_slot) const;
  bool expected_at(std::int64_t slot, std::uint32_t busiest_slot) const;
  std::uint32_t busiest() const;

  absl::TimeZone zone_;
  std::int64_t latest_ = 0;           // slot that was counted in last; 0: none
  std::vector<std::uint32_t> slots_;  // by slot modulo their number; accesses + 1, 0: not watched
};

}  // namespace stoker
