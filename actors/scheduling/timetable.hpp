// The timetable: which schedules there are, which runs are due now, and what became of the last run of each.
//
// No two runs of one cache go on at once: what is due meanwhile waits. Pure: time is an argument, and so is
// all that is observed; see schedule_row.hpp for what happens when the clock is set.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "actors/scheduling/adaptive_interval.hpp"
#include "actors/scheduling/cache_pulse.hpp"
#include "actors/scheduling/schedule_row.hpp"
#include "messages/timetable_codec.hpp"

namespace stoker {

inline constexpr std::size_t most_schedules = 10'000;

struct run_result {
  bool succeeded = false;
  std::string text{};     // in words
  std::uint64_t run = 0;  // its number among its cache's runs; 0: it has none
};

class timetable {
 public:
  // `node` tells this process from others that warm from the same origins, so that they don't fire together.
  explicit timetable(std::string node = {}) : node_(std::move(node)) {}

  // Replaces all schedules; what is remembered of one of the same id stays. Throws
  // stoker::error(invalid_argument) for a schedule or calendar that can't work, and leaves all as it was.
  void start(const start_schedule& schedules, time_point now);
  // Nothing becomes due but what is asked for by hand; runs under way go on.
  void stop();
  bool running() const noexcept { return running_; }

  // To be called before due(): notices a clock that was set back.
  void look(time_point now);
  // What the caches' counters tell: rates, peaks, caches that were emptied, which cache needs warming most.
  void observe(const std::vector<cache_pulse>& pulses, time_point now);
  // What waits for this event becomes due.
  void raise(const cache_event& event, time_point now);

  // Ids of what is to run now, no two of one cache.
  std::vector<std::string> due(time_point now);
  // When to ask again; the maximum when nothing is planned.
  time_point next_due() const;

  // Null when there is none of that id; valid until the next start().
  schedule_row* find(const std::string& id);
  std::vector<schedule_row>& rows() noexcept { return rows_; }
  const std::vector<schedule_row>& rows() const noexcept { return rows_; }
  std::vector<std::string> ids() const;
  bool any_in_progress() const noexcept { return !in_flight_.empty(); }

  // False: there is none of that id.
  bool ask_by_hand(const std::string& id);
  void began(const std::string& id, time_point now);
  void finished(const std::string& id, run_result result, time_point now);

  // Ids of those whose last run should be asked now what it came to; each is told once.
  std::vector<std::string> take_follow_ups(time_point now);

  // How often the key of a schedule's `frequency_key` is accessed.
  void measured(const std::string& id, double accesses_per_minute, time_point now);
  // The intervals that fit the accesses; a line for each that can be fitted.
  schedule_changes optimize(bool apply, time_point now);

  scheduler_status status() const;
  kept_timetable keep() const;
  // Takes over what keep() said in an earlier life.
  void restore(const kept_timetable& earlier, time_point now);

 private:
  schedule_row made(const schedule_entry& entry, const calendar_book& calendars, time_point now) const;
  double rate_of(const schedule_row& row) const;
  void fit_adaptive(schedule_row& row, time_point now);

  std::string node_;
  bool running_ = false;
  std::uint64_t cycles_ = 0;
  std::vector<schedule_row> rows_;                       // in the order given
  std::map<std::string, schedule_state> remembered_;     // of schedules that there are no more, by id
  std::map<std::string, kept_habit> remembered_habits_;  // the same
  std::map<std::string, std::string> in_flight_;         // id by lane
  std::map<std::string, rate_meter> rates_;              // by cache
  emptied_watch emptied_;
  time_point last_look_ = time_point::min();
};

}  // namespace stoker
