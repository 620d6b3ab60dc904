// Warming ahead of the rises that earlier weeks had: which rise is next, when to begin, and what it came to.
//
// Pure.
#pragma once

#include <optional>

#include "actors/scheduling/lead_book.hpp"
#include "actors/scheduling/weekly_habits.hpp"

namespace stoker {

class peak_schedule {
 public:
  explicit peak_schedule(absl::TimeZone zone) : habits_(zone) {}

  // The cache has had this many accesses ever; a counter that fell begins anew.
  void observe(std::uint64_t accesses_ever, time_point now);

  // When to begin for the next rise, `run_time` being what the last run took; the maximum: there is none, or
  // no lead time pays off. To be asked again at every look.
  time_point plan(time_point now, duration run_time);
  // The rise of the latest plan; empty: none is expected within a day.
  std::optional<time_point> rise() const noexcept { return rise_; }
  duration lead() const noexcept { return lead_; }

  // The run of the latest plan begins, ends, and was found to be of some benefit (0..1).
  void began();
  void finished(time_point now);
  void settle(double benefit);
  // The rise that the last run was for; empty: it is settled, or there was none.
  std::optional<time_point> unsettled() const;

  kept_habit keep(const std::string& id) const;
  void restore(const kept_habit& kept);

 private:
  // What a run was begun for.
  struct attempt {
    time_point rise;
    duration lead{};
    bool in_time = false;
  };

  weekly_habits habits_;
  lead_book leads_;
  std::optional<std::uint64_t> accesses_;  // at the last look
  std::optional<time_point> rise_;
  duration lead_{};
  time_point handled_{};  // the latest rise that was warmed for
  time_point passed_{};   // the latest rise that has come
  std::optional<attempt> attempt_;
};

}  // namespace stoker
