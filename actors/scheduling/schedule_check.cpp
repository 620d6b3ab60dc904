#include "actors/scheduling/schedule_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "actors/scheduling/schedule_row.hpp"
#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr std::int32_t day_s = 86'400;

[[noreturn]] void reject(const schedule_entry& entry, const std::string& text) {
  throw error{errc::invalid_argument, fmt::format("schedule \"{}\": {}", entry.id, text)};
}

bool is_periodic(const schedule_entry& entry) {
  return entry.kind == schedule_kind::interval || entry.kind == schedule_kind::adaptive;
}

void check_period(const schedule_entry& entry) {
  const bool fitted_later = entry.kind == schedule_kind::adaptive && entry.interval == duration::zero();
  if (!fitted_later && entry.interval < shortest_interval) reject(entry, "the interval must be at least 1 s");
  if (entry.jitter > entry.interval && !fitted_later)
    reject(entry, "the jitter must not exceed the interval");
}

void check_times(const schedule_entry& entry) {
  if (entry.times_s.empty()) reject(entry, "it needs times of day");
  const bool from_midnight = entry.anchor == schedule_anchor::midnight;
  for (const auto time : entry.times_s)
    if (std::abs(time) > day_s || (from_midnight && (time < 0 || time == day_s)))
      reject(entry, "times must lie within a day");
}

std::string clock_text(std::int32_t time_s) {
  const auto minutes = time_s / 60;
  return time_s % 60 == 0 ? fmt::format("{:02}:{:02}", minutes / 60, minutes % 60)
                          : fmt::format("{:02}:{:02}:{:02}", minutes / 60, minutes % 60, time_s % 60);
}

std::string anchored_text(std::int32_t time_s, schedule_anchor anchor) {
  if (anchor == schedule_anchor::midnight) return clock_text(time_s);
  const auto* what = anchor == schedule_anchor::session_open ? "the opening" : "the close";
  if (time_s == 0) return what;
  return fmt::format("{} {} {}", clock_text(std::abs(time_s)), time_s < 0 ? "before" : "after", what);
}

std::string times_text(const schedule_entry& entry) {
  std::string text = "at ";
  for (const auto time : entry.times_s) {
    if (text.size() > 3) text += ", ";
    text += anchored_text(time, entry.anchor);
  }
  if (!entry.time_zone.empty()) text += " " + entry.time_zone;
  if (!entry.calendar.empty()) text += " on the days of " + entry.calendar;
  return text;
}

std::string span_text(duration span) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  return seconds % 60 == 0 ? fmt::format("{} min", seconds / 60) : fmt::format("{} s", seconds);
}

std::string period_text(const schedule_entry& entry, const schedule_state& state) {
  auto text = "every " + span_text(state.interval);
  if (state.accesses_per_minute >= 0)
    text += fmt::format(", fitted to {:.2f} accesses a minute", state.accesses_per_minute);
  if (entry.in_session) text += " while " + entry.calendar + " is open";
  return text;
}

}  // namespace

void check(const schedule_entry& entry, bool has_calendar) {
  if (entry.id.empty()) reject(entry, "it needs an id");
  if (!entry.calendar.empty() && !has_calendar)
    reject(entry, "there is no calendar \"" + entry.calendar + "\"");
  if (is_periodic(entry)) check_period(entry);
  if (entry.kind == schedule_kind::times) check_times(entry);
  if (entry.jitter < duration::zero()) reject(entry, "the jitter must not be negative");
  if (entry.interval < duration::zero()) reject(entry, "the interval must not be negative");
  if (!has_calendar && (entry.in_session || entry.anchor != schedule_anchor::midnight))
    reject(entry, "sessions are those of a calendar; name one");
  if (entry.event == schedule_event::ttl_nearly_out && entry.kind == schedule_kind::event &&
      entry.within <= duration::zero())
    reject(entry, "say within which time entries expire");
  const bool together = !entry.together.empty();
  if (together && (entry.task != schedule_task::warm || entry.target != schedule_target::named ||
                   !entry.what.cache.empty()))
    reject(entry, "it warms several caches together, so that it has no cache, target or task of its own");
  const bool whole = together || entry.task != schedule_task::warm || entry.target != schedule_target::named;
  if (entry.what.cache.empty() && !whole) reject(entry, "it names no cache");
  if (whole && entry.kind == schedule_kind::peaks) reject(entry, "peaks are those of a cache; name it");
}

std::string reason_of(const schedule_entry& entry, const schedule_state& state, bool planned) {
  switch (entry.kind) {
    case schedule_kind::interval:
    case schedule_kind::adaptive:
      return period_text(entry, state);
    case schedule_kind::times:
      return planned ? times_text(entry) : "the calendar " + entry.calendar + " has no such day";
    case schedule_kind::event:
      return std::string{"waits for "} + to_string(entry.event);
    case schedule_kind::peaks:
      break;  // see reason_of_peak
  }
  return {};
}

std::string reason_of_peak(const peak_schedule& peaks, bool planned) {
  if (!peaks.rise()) return "no rise is expected within a day";
  if (!planned) return "a rise is expected, but warming ahead of it has not paid off";
  return fmt::format("{} ahead of an expected rise", span_text(peaks.lead()));
}

}  // namespace stoker
