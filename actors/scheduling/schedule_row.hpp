// One schedule: when its next run is due and why then, and what became of earlier ones.
//
// Pure: time is an argument. Intervals keep a grid: a run that begins late moves none of the later ones. What
// was missed, because nothing ran or the clock was put forward, is caught up by one run. A clock that is put
// back moves the grid of an interval along, and repeats no time of day: where it is put back by more than a
// day it had been wrong before, and the times of day that it goes through now count.
#pragma once

#include <optional>
#include <string>

#include "actors/scheduling/calendar.hpp"
#include "actors/scheduling/peak_schedule.hpp"
#include "messages/scheduling.hpp"

namespace stoker {

// Shortest interval: a mistake such as "interval = 0" must not become a busy loop.
inline constexpr duration shortest_interval = std::chrono::seconds{1};

class schedule_row {
 public:
  // Throws stoker::error(invalid_argument), which names the schedule and what is wrong with it.
  schedule_row(schedule_entry entry, const calendar_book& calendars, const std::string& node);

  const schedule_entry& entry() const noexcept { return entry_; }
  // The request as it is to be sent now.
  warm_request request(time_point now) const;
  // What must not run beside it: its cache, or for other tasks the task.
  std::string lane() const;

  // Plans the first run, from what `state` remembers; suspend() takes every plan back.
  void begin(time_point now);
  void suspend();
  // Takes over what was known of it in an earlier life.
  void remember(const schedule_state& earlier);

  // To be asked before due(): moves runs that fall outside of the session, and looks for peaks again.
  void look(time_point now);
  bool due(time_point now) const { return by_hand_ || next() <= now; }
  // The maximum when there is none.
  time_point next() const;
  bool by_hand() const noexcept { return by_hand_; }

  void ask_by_hand();
  // The event that it waits for has happened.
  void raise(time_point now, const std::string& cause);
  // A run that is due waits, `why` says for what. False: it has waited for `longest`, or for as long as a
  // peak leaves time.
  bool defer(time_point now, duration longest, const std::string& why);
  void wait(const std::string& why) { state.why = why; }

  void began(time_point now);
  void finished(time_point now, bool succeeded, std::string result);

  // A new interval; the grid goes on from the last run.
  void fit(duration interval, time_point now);
  void stepped_back(duration step, time_point now);

  // When to ask what the last run came to; the maximum: no need.
  time_point follow_up_at() const noexcept { return follow_up_at_; }
  // True once: it is time to ask.
  bool take_follow_up(time_point now);
  void followed_up(const warm_report& report);

  std::optional<peak_schedule>& peaks() noexcept { return peaks_; }
  const std::optional<peak_schedule>& peaks() const noexcept { return peaks_; }

  schedule_state state;

 private:
  bool is_periodic() const noexcept;
  duration offset() const;
  void plan_first_of_interval(time_point now);
  void plan_first_of_times(time_point now);
  void plan_after(time_point now);
  void keep_to_session(time_point now);
  void explain();

  schedule_entry entry_;
  std::shared_ptr<const calendar> days_;
  clock_times times_;
  std::optional<peak_schedule> peaks_;
  duration jitter_{};                       // this schedule's own share of entry_.jitter
  time_point planned_ = time_point::max();  // without jitter
  bool first_ = false;                      // planned_ is the first run of an interval: not put off
  bool by_hand_ = false;
  time_point deferred_since_ = time_point::max();
  time_point follow_up_at_ = time_point::max();
};

}  // namespace stoker
