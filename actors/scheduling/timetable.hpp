// The timetable: which entries recur, which is due now, and what became of the last run of each.
//
// Pure: time is an argument. The wall clock may step; a run is due when its time has come by the clock given,
// and a clock that stepped back never puts a run off for longer than one interval.
#pragma once

#include <string>
#include <vector>

#include "messages/scheduling.hpp"

namespace stoker {

// Shortest interval: a mistake such as "interval = 0" must not become a busy loop.
inline constexpr duration shortest_interval = std::chrono::seconds{1};
inline constexpr std::size_t most_schedules = 10'000;

class timetable {
 public:
  // Replaces all entries; what is remembered of an entry of the same id (last run, counts) stays.
  // Throws stoker::error(invalid_argument) for a doubled id, too short an interval or too many entries.
  void start(std::vector<schedule_entry> entries, time_point now);
  void stop();

  // Ids due at `now` and not in progress. Runs missed while the engine was down are caught up once.
  std::vector<std::string> due(time_point now) const;
  // When the next entry becomes due; the maximum when none will.
  time_point next_due() const;

  const schedule_entry* find(const std::string& id) const;
  std::vector<std::string> ids() const;
  bool in_progress(const std::string& id) const;
  void began(const std::string& id, time_point now);
  void finished(const std::string& id, bool succeeded, std::string result);

  scheduler_status status() const;
  // Takes over what status() said in an earlier life: last runs, counts, and the time of the next run.
  void restore(const scheduler_status& earlier);

 private:
  struct row {
    schedule_entry entry;
    schedule_state state;
  };

  row* lookup(const std::string& id);

  bool running_ = false;
  std::uint64_t cycles_ = 0;
  std::vector<row> rows_;                   // in the order given
  std::vector<schedule_state> remembered_;  // of entries that are not scheduled now
};

}  // namespace stoker
