// Calendars: on which days something is open, and from when to when, in a time zone.
//
// Pure but for the time zone's rules, which come from the system's zoneinfo when a zone is first named. Local
// times that a change of the clocks leaves out stand for the first instant after the gap; those that come
// twice stand for the first of the two.
#pragma once

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "messages/scheduling.hpp"

namespace stoker {

// How far ahead a next time is looked for: a calendar with fewer open days than one in this time never opens.
inline constexpr int most_days_ahead = 800;

// Throws stoker::error(invalid_argument) when the system does not know the zone; empty: UTC.
absl::TimeZone find_zone(const std::string& name);

time_point instant_of(absl::CivilSecond local, const absl::TimeZone& zone);
absl::CivilSecond local_time(time_point at, const absl::TimeZone& zone);

// Seconds from midnight of a day's opening and closing.
struct session {
  std::int32_t open_s = 0;
  std::int32_t close_s = 0;
};

class calendar {
 public:
  // Throws stoker::error(invalid_argument), which names the calendar and what is wrong with it.
  explicit calendar(const schedule_calendar& data);

  const absl::TimeZone& zone() const noexcept { return zone_; }
  // Empty: closed on that day.
  std::optional<session> session_on(absl::CivilDay day) const;
  bool is_open(time_point at) const;
  // The first instant from `from` on that lies in a session; the maximum when there is none.
  time_point next_open(time_point from) const;

 private:
  std::string name_;
  absl::TimeZone zone_;
  std::set<std::uint8_t> weekdays_;
  std::set<absl::CivilDay> holidays_;
  std::map<absl::CivilDay, std::int32_t> closing_early_;
  session usual_;
};

// Calendars by their names.
class calendar_book {
 public:
  calendar_book() = default;
  // Throws as calendar does, and when a name stands twice or is empty.
  explicit calendar_book(const std::vector<schedule_calendar>& calendars);
  // Null: there is none of that name.
  std::shared_ptr<const calendar> find(const std::string& name) const;

 private:
  std::map<std::string, std::shared_ptr<const calendar>> calendars_;
};

// Times of day, by a zone and perhaps a calendar.
struct clock_times {
  std::vector<std::int32_t> times_s;  // from the anchor
  schedule_anchor anchor = schedule_anchor::midnight;
  absl::TimeZone zone;
  std::shared_ptr<const calendar> days;  // null: every day
};

// The first of them after `after`; the maximum when there is none.
time_point next_time(const clock_times& times, time_point after);

}  // namespace stoker
