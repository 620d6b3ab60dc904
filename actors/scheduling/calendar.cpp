#include "actors/scheduling/calendar.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr std::int32_t day_s = 86'400;
// A time within a day of its anchor falls on the anchor's day, the one before or the one after.
constexpr int neighbouring_days = 2;

[[noreturn]] void reject(const std::string& calendar, const std::string& text) {
  throw error{errc::invalid_argument, fmt::format("calendar \"{}\": {}", calendar, text)};
}

absl::CivilDay day_of(const std::string& calendar, std::int32_t date) {
  const auto year = date / 10'000;
  const auto month = date / 100 % 100;
  const auto day = date % 100;
  const absl::CivilDay result{year, month, day};
  // CivilDay normalises: a 30th of February would silently become a day of March.
  if (year < 1970 || result.month() != month || result.day() != day)
    reject(calendar, fmt::format("{} is no date; write yyyymmdd", date));
  return result;
}

// 1: Monday to 7: Sunday.
std::uint8_t weekday_of(absl::CivilDay day) {
  return static_cast<std::uint8_t>(static_cast<int>(absl::GetWeekday(day)) + 1);
}

absl::CivilDay local_day(time_point at, const absl::TimeZone& zone) {
  return absl::CivilDay{local_time(at, zone)};
}

time_point from_absl(absl::Time at) {
  return time_point{duration{absl::ToUnixNanos(at)}};
}

std::int32_t anchor_s(const clock_times& times, const session& day) {
  switch (times.anchor) {
    case schedule_anchor::midnight:
      return 0;
    case schedule_anchor::session_open:
      return day.open_s;
    case schedule_anchor::session_close:
      return day.close_s;
  }
  return 0;
}

}  // namespace

absl::TimeZone find_zone(const std::string& name) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!name.empty() && !absl::LoadTimeZone(name, &zone))
    throw error{errc::invalid_argument,
                fmt::format("\"{}\" is no time zone that this system knows; write it as in Europe/Zurich, "
                            "and see that the package tzdata is there",
                            name)};
  return zone;
}

time_point instant_of(absl::CivilSecond local, const absl::TimeZone& zone) {
  const auto info = zone.At(local);
  return from_absl(info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre);
}

absl::CivilSecond local_time(time_point at, const absl::TimeZone& zone) {
  return absl::ToCivilSecond(absl::FromUnixNanos(at.time_since_epoch().count()), zone);
}

calendar::calendar(const schedule_calendar& data)
    : name_(data.name),
      zone_(find_zone(data.time_zone)),
      weekdays_(data.weekdays.begin(), data.weekdays.end()),
      usual_{data.open_s, data.close_s} {
  if (data.open_s < 0 || data.close_s <= data.open_s || data.close_s > day_s)
    reject(name_, "the session must close after it opens, and within the day");
  for (const auto weekday : weekdays_)
    if (weekday < 1 || weekday > 7) reject(name_, "weekdays count from 1, Monday, to 7, Sunday");
  for (const auto date : data.holidays) holidays_.insert(day_of(name_, date));
  for (const auto& early : data.short_days) {
    if (early.close_s <= data.open_s || early.close_s > day_s)
      reject(name_, fmt::format("the short day {} must close after it opens", early.date));
    closing_early_[day_of(name_, early.date)] = early.close_s;
  }
}

std::optional<session> calendar::session_on(absl::CivilDay day) const {
  if (!weekdays_.empty() && !weekdays_.contains(weekday_of(day))) return std::nullopt;
  if (holidays_.contains(day)) return std::nullopt;
  const auto early = closing_early_.find(day);
  return session{usual_.open_s, early == closing_early_.end() ? usual_.close_s : early->second};
}

bool calendar::is_open(time_point at) const {
  const auto day = local_day(at, zone_);
  const auto open = session_on(day);
  const absl::CivilSecond midnight{day};
  return open && at >= instant_of(midnight + open->open_s, zone_) &&
         at < instant_of(midnight + open->close_s, zone_);
}

time_point calendar::next_open(time_point from) const {
  auto day = local_day(from, zone_);
  for (int ahead = 0; ahead < most_days_ahead; ++ahead, ++day) {
    const auto open = session_on(day);
    if (!open) continue;
    const absl::CivilSecond midnight{day};
    if (from < instant_of(midnight + open->close_s, zone_))
      return std::max(from, instant_of(midnight + open->open_s, zone_));
  }
  return time_point::max();
}

calendar_book::calendar_book(const std::vector<schedule_calendar>& calendars) {
  for (const auto& data : calendars) {
    if (data.name.empty()) reject(data.name, "it needs a name");
    if (!calendars_.emplace(data.name, std::make_shared<calendar>(data)).second)
      reject(data.name, "the name stands twice");
  }
}

std::shared_ptr<const calendar> calendar_book::find(const std::string& name) const {
  const auto found = calendars_.find(name);
  return found == calendars_.end() ? nullptr : found->second;
}

time_point next_time(const clock_times& times, time_point after) {
  auto best = time_point::max();
  auto day = local_day(after, times.zone) - neighbouring_days;
  int beyond = 0;  // days looked at since the first time was found: a later day may hold an earlier instant
  for (int ahead = 0; ahead < most_days_ahead && beyond <= neighbouring_days; ++ahead, ++day) {
    if (best != time_point::max()) ++beyond;
    const auto open = times.days ? times.days->session_on(day) : session{0, day_s};
    if (!open) continue;
    const auto anchor = absl::CivilSecond{day} + anchor_s(times, *open);
    for (const auto time : times.times_s)
      if (const auto at = instant_of(anchor + time, times.zone); at > after) best = std::min(best, at);
  }
  return best;
}

}  // namespace stoker
