#include "apps/control/request_parts.hpp"
#include "apps/control/requests.hpp"

namespace stoker::control {

namespace {

constexpr std::size_t most_schedules = 1000;
constexpr std::int32_t day_s = 86'400;

void read_whole_numbers(fields& from, const char* name, std::int32_t least, std::int32_t most,
                        std::vector<std::int32_t>& into) {
  const auto* found = from.find(name);
  if (!found) return;
  const auto path = from.path_of(name);
  const auto expected =
      "an array of whole numbers from " + std::to_string(least) + " to " + std::to_string(most);
  if (!found->is_array() || found->size() > most_schedules) throw bad_field(path, expected);
  for (const auto& each : *found) {
    if (!each.is_number_integer() || each.get<double>() < least || each.get<double>() > most)
      throw bad_field(path, expected);
    into.push_back(each.get<std::int32_t>());
  }
}

int two_digits(const std::string& text, std::size_t at) {
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  if (!digit(at) || !digit(at + 1)) return -1;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

// "08:30" or "08:30:15", with a minus before it for a time before the anchor.
std::int32_t time_of_day(const std::string& text, const std::string& path) {
  const bool negative = text.starts_with('-');
  const std::size_t at = negative ? 1 : 0;
  const bool with_seconds = text.size() == at + 8 && text[at + 5] == ':';
  const int hour = two_digits(text, at);
  const int minute = two_digits(text, at + 3);
  const int second = with_seconds ? two_digits(text, at + 6) : 0;
  const bool formed = (with_seconds || text.size() == at + 5) && text[at + 2] == ':';
  if (!formed || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    throw bad_field(path, "a time of day such as \"08:30\"");
  const std::int32_t span = hour * 3600 + minute * 60 + second;
  return negative ? -span : span;
}

void read_times(fields& from, std::vector<std::int32_t>& into) {
  std::vector<std::string> texts;
  from.read("times", texts);
  for (const auto& each : texts) into.push_back(time_of_day(each, from.path_of("times")));
  read_whole_numbers(from, "times_s", -day_s, day_s, into);
}

schedule_entry entry_of(fields& from) {
  schedule_entry entry;
  from.read("id", entry.id);
  if (entry.id.empty()) throw bad_field(from.path_of("id"), "a name");
  read_request(from, entry.what);
  from.read("interval_s", entry.interval);
  from.read("kind", entry.kind);
  from.read("task", entry.task);
  from.read("target", entry.target);
  read_times(from, entry.times_s);
  from.read("anchor", entry.anchor);
  from.read("time_zone", entry.time_zone);
  from.read("calendar", entry.calendar);
  from.read("in_session", entry.in_session);
  from.read("event", entry.event);
  from.read("tags", entry.tags);
  from.read("within_s", entry.within);
  from.read("frequency_key", entry.frequency_key);
  from.read("jitter_s", entry.jitter);
  from.read("considerate", entry.considerate);
  from.read("together", entry.together);
  return entry;
}

schedule_calendar calendar_of(fields& from) {
  schedule_calendar calendar;
  from.read("name", calendar.name);
  if (calendar.name.empty()) throw bad_field(from.path_of("name"), "a name");
  from.read("time_zone", calendar.time_zone);
  std::vector<std::int32_t> weekdays;
  read_whole_numbers(from, "weekdays", 1, 7, weekdays);
  for (auto day : weekdays) calendar.weekdays.push_back(static_cast<std::uint8_t>(day));
  read_whole_numbers(from, "holidays", 1'01'01, 9999'12'31, calendar.holidays);
  from.read("open_s", calendar.open_s);
  from.read("close_s", calendar.close_s);
  from.read_each("short_days", most_schedules, [&](fields& each) {
    short_day day;
    each.read("date", day.date);
    each.read("close_s", day.close_s);
    calendar.short_days.push_back(day);
  });
  return calendar;
}

}  // namespace

start_options start_of(const parsed& body) {
  fields from{body};
  start_options options;
  from.read("interval_s", options.interval);
  from.read("caches", options.caches);
  from.read("strategy", options.strategy);
  from.read("adaptive", options.adaptive);
  from.read("patterns", options.patterns);
  from.read("critical", options.critical);
  from.read("tasks", options.tasks);
  from.read("jitter_s", options.jitter);
  from.read_each("schedules", most_schedules,
                 [&](fields& each) { options.schedules.push_back(entry_of(each)); });
  from.read_each("calendars", most_schedules,
                 [&](fields& each) { options.calendars.push_back(calendar_of(each)); });
  from.done();
  return options;
}

}  // namespace stoker::control
