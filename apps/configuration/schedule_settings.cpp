#include "apps/configuration/schedule_settings.hpp"

#include <limits>
#include <map>
#include <set>

#include "actors/scheduling/timetable.hpp"
#include "apps/configuration/configuration_file.hpp"

namespace stoker::configuration {

namespace {

constexpr std::int64_t most_items = std::numeric_limits<std::uint32_t>::max();

template <class Enum>
using words = std::map<std::string, Enum>;

const words<schedule_task> task_words{{"warm", schedule_task::warm},
                                      {"save", schedule_task::save},
                                      {"clean_up", schedule_task::clean_up},
                                      {"snapshot", schedule_task::snapshot}};
const words<schedule_target> target_words{{"named", schedule_target::named},
                                          {"lowest_hit_ratio", schedule_target::lowest_hit_ratio},
                                          {"slowest", schedule_target::slowest}};
const words<schedule_anchor> anchor_words{{"midnight", schedule_anchor::midnight},
                                          {"open", schedule_anchor::session_open},
                                          {"close", schedule_anchor::session_close}};
const words<schedule_event> event_words{{"engine_started", schedule_event::engine_started},
                                        {"cache_emptied", schedule_event::cache_emptied},
                                        {"tags_invalidated", schedule_event::tags_invalidated},
                                        {"ttl_nearly_out", schedule_event::ttl_nearly_out},
                                        {"pressure_eased", schedule_event::pressure_eased}};
const words<memory_policy> policy_words{{"aggressive", memory_policy::aggressive},
                                        {"balanced", memory_policy::balanced},
                                        {"conservative", memory_policy::conservative},
                                        {"adaptive", memory_policy::adaptive},
                                        {"priority", memory_policy::priority}};
const words<std::uint8_t> weekday_words{{"mon", 1}, {"tue", 2}, {"wed", 3}, {"thu", 4},
                                        {"fri", 5}, {"sat", 6}, {"sun", 7}};

std::int32_t one_clock(section& from, const std::string& key, std::int32_t otherwise) {
  const auto times = from.clocks(key);
  if (times.size() > 1) from.fail(key, "must be one time");
  return times.empty() ? otherwise : times.front();
}

std::vector<std::uint8_t> read_weekdays(section& from) {
  std::vector<std::uint8_t> result;
  for (const auto& word : from.texts("weekdays")) {
    const auto found = weekday_words.find(word);
    if (found == weekday_words.end())
      from.fail("weekdays", "holds \"" + word + "\"; write mon, tue, wed, thu, fri, sat or sun");
    result.push_back(found->second);
  }
  return result;
}

short_day read_short_day(section& from) {
  const auto dates = from.dates("date");
  if (dates.size() != 1) from.fail("a short day needs its date");
  short_day day{dates.front(), one_clock(from, "close", 0)};
  from.check_keys();
  return day;
}

schedule_calendar read_calendar(section& from) {
  schedule_calendar read;
  read.name = from.text("name").value_or("");
  read.time_zone = from.text("time_zone").value_or("");
  read.weekdays = read_weekdays(from);
  read.open_s = one_clock(from, "open", read.open_s);
  read.close_s = one_clock(from, "close", read.close_s);
  read.holidays = from.dates("holidays");
  for (auto& day : from.tables("short_days")) read.short_days.push_back(read_short_day(day));
  from.check_keys();
  try {
    const calendar_book checked{{read}};
  } catch (const error& mistake) {
    from.fail(mistake.what());
  }
  return read;
}

warm_request read_request(section& from, memory_policy usual) {
  warm_request request;
  request.cache = from.text("cache").value_or("");
  request.strategies = from.texts("strategies");
  request.limit = static_cast<std::uint32_t>(from.integer("limit", 0, most_items).value_or(0));
  // A strategy with a limit of its own proposes no more than that.
  if (request.limit > 0) request.parameters.push_back({"limit", std::to_string(request.limit)});
  request.policy = from.choice("policy", policy_words).value_or(usual);
  request.budget_bytes = from.megabytes("budget_mb").value_or(0);
  request.deadline = from.span("deadline").value_or(duration{});
  for (auto& [name, text] : from.pairs("parameters")) {
    std::erase_if(request.parameters, [&, &key = name](const auto& known) { return known.name == key; });
    request.parameters.push_back({name, text});
  }
  return request;
}

// One of the four says when.
void read_trigger(section& from, schedule_entry& entry) {
  const auto every = from.span("every");
  entry.times_s = from.clocks("at");
  const bool on = from.text("on").has_value();
  const auto ahead_of = from.text("ahead_of");
  if ((every ? 1 : 0) + (entry.times_s.empty() ? 0 : 1) + (on ? 1 : 0) + (ahead_of ? 1 : 0) != 1)
    from.fail("say when, by one of every, at, on and ahead_of");
  if (ahead_of && *ahead_of != "peaks") from.fail("ahead_of", "must be \"peaks\"");
  entry.interval = every.value_or(duration{});
  entry.kind = every                    ? schedule_kind::interval
               : !entry.times_s.empty() ? schedule_kind::times
               : on                     ? schedule_kind::event
                                        : schedule_kind::peaks;
  if (on) entry.event = from.choice("on", event_words).value_or(entry.event);
  const auto adaptive = from.flag("adaptive").value_or(false);
  if (adaptive && !every) from.fail("adaptive", "goes with every, which is the interval to start with");
  if (adaptive) entry.kind = schedule_kind::adaptive;
  if (const auto gap = from.span("at_most_every")) {
    if (!on) from.fail("at_most_every", "goes with on");
    entry.interval = *gap;
  }
}

schedule_entry read_schedule(section& from, memory_policy usual) {
  schedule_entry entry;
  entry.id = from.text("id").value_or("");
  entry.what = read_request(from, usual);
  read_trigger(from, entry);
  entry.task = from.choice("task", task_words).value_or(entry.task);
  entry.target = from.choice("target", target_words).value_or(entry.target);
  entry.anchor = from.choice("from", anchor_words).value_or(entry.anchor);
  entry.time_zone = from.text("time_zone").value_or("");
  entry.calendar = from.text("calendar").value_or("");
  entry.in_session = from.flag("in_session").value_or(false);
  entry.tags = from.texts("tags");
  entry.together = from.texts("together");
  entry.within = from.span("within").value_or(duration{});
  entry.frequency_key = from.text("frequency_key").value_or("");
  entry.jitter = from.span("jitter").value_or(duration{});
  entry.considerate = from.flag("considerate").value_or(true);
  return entry;
}

void read_warming(section& from, schedule_settings& into) {
  into.enabled = from.flag("enabled").value_or(true);
  if (const auto calls = from.integer("rate_limit", 0, most_items))
    into.rate_limit = static_cast<std::uint32_t>(*calls);
  into.memory_limit_bytes = from.megabytes("memory_limit_mb");
  into.node = from.text("node").value_or("");
  into.busy.stall_share = from.number("busy_stall_share", 0).value_or(into.busy.stall_share);
  into.busy.load_per_core = from.number("busy_load_per_core", 0).value_or(into.busy.load_per_core);
  into.busy.longest_deferral = from.span("longest_deferral").value_or(into.busy.longest_deferral);
  into.interval = from.span("interval").value_or(duration{});
  into.adaptive = from.flag("adaptive").value_or(false);
  into.patterns = from.flag("patterns").value_or(true);
  into.critical = from.flag("critical").value_or(true);
  into.policy = from.choice("policy", policy_words).value_or(into.policy);
  from.check_keys();  // its variables begin as anybody's do
}

void check_entry(const section& where, const schedule_entry& entry, const calendar_book& calendars,
                 const std::string& node) {
  try {
    const schedule_row checked{entry, calendars, node};
  } catch (const error& mistake) {
    where.fail(mistake.what());
  }
}

void add_schedules(configuration_file& from, schedule_settings& settings) {
  const calendar_book calendars{settings.calendars};
  std::set<std::string> ids;
  for (auto& each : from.tables("schedule", "id", "STOKER_")) {
    auto entry = read_schedule(each, settings.policy);
    const auto enabled = each.flag("enabled").value_or(true);
    each.check_keys();
    if (!ids.insert(entry.id).second) each.fail("the id stands twice");
    check_entry(each, entry, calendars, settings.node);
    settings.places[entry.id] = each.where();
    if (enabled) settings.schedules.push_back(std::move(entry));
  }
}

}  // namespace

schedule_settings read_schedules(configuration_file& from) {
  schedule_settings settings;
  auto common = from.table("warming", "STOKER_");
  read_warming(common, settings);
  for (auto& each : from.tables("calendar", "name", "STOKER_CALENDAR_"))
    settings.calendars.push_back(read_calendar(each));
  add_schedules(from, settings);
  return settings;
}

schedule_settings read_schedules(std::string_view text, const std::string& path,
                                 const environment& variables) {
  configuration_file read{text, path, variables};
  auto settings = read_schedules(read);
  read.check_variables();
  return settings;
}

schedule_settings read_schedule_file(const std::string& path, const environment& variables) {
  return read_schedules(read_text(path), path, variables);
}

}  // namespace stoker::configuration
