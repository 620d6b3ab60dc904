#include "apps/configuration/schedule_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "actors/scheduling/timetable.hpp"
#include "apps/configuration/section.hpp"

namespace stoker::configuration {

namespace {

constexpr std::int64_t most_items = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t most_megabytes = 1 << 30;
constexpr std::uint64_t megabyte = 1 << 20;

template <class Enum>
using words = std::map<std::string, Enum>;

template <class Enum>
Enum choose(section& from, const std::string& key, const words<Enum>& offered, Enum otherwise) {
  const auto word = from.text(key);
  if (!word) return otherwise;
  if (const auto found = offered.find(*word); found != offered.end()) return found->second;
  std::string list;
  for (const auto& [name, value] : offered) list += (list.empty() ? "" : ", ") + name;
  from.fail(key, fmt::format("is \"{}\"; it must be one of {}", *word, list));
}

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

std::uint64_t bytes(section& from, const std::string& key) {
  return static_cast<std::uint64_t>(from.integer(key, 0, most_megabytes).value_or(0)) * megabyte;
}

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

warm_request read_request(section& from) {
  warm_request request;
  request.cache = from.text("cache").value_or("");
  request.strategies = from.texts("strategies");
  request.limit = static_cast<std::uint32_t>(from.integer("limit", 0, most_items).value_or(0));
  // A strategy with a limit of its own proposes no more than that.
  if (request.limit > 0) request.parameters.push_back({"limit", std::to_string(request.limit)});
  request.policy = choose(from, "policy", policy_words, memory_policy::balanced);
  request.budget_bytes = bytes(from, "budget_mb");
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
  if (on) entry.event = choose(from, "on", event_words, entry.event);
  const auto adaptive = from.flag("adaptive").value_or(false);
  if (adaptive && !every) from.fail("adaptive", "goes with every, which is the interval to start with");
  if (adaptive) entry.kind = schedule_kind::adaptive;
  if (const auto gap = from.span("at_most_every")) {
    if (!on) from.fail("at_most_every", "goes with on");
    entry.interval = *gap;
  }
}

schedule_entry read_schedule(section& from) {
  schedule_entry entry;
  entry.id = from.text("id").value_or("");
  entry.what = read_request(from);
  read_trigger(from, entry);
  entry.task = choose(from, "task", task_words, entry.task);
  entry.target = choose(from, "target", target_words, entry.target);
  entry.anchor = choose(from, "from", anchor_words, entry.anchor);
  entry.time_zone = from.text("time_zone").value_or("");
  entry.calendar = from.text("calendar").value_or("");
  entry.in_session = from.flag("in_session").value_or(false);
  entry.tags = from.texts("tags");
  entry.within = from.span("within").value_or(duration{});
  entry.frequency_key = from.text("frequency_key").value_or("");
  entry.jitter = from.span("jitter").value_or(duration{});
  entry.considerate = from.flag("considerate").value_or(true);
  return entry;
}

void read_warming(section& from, schedule_settings& into) {
  into.enabled = from.flag("enabled").value_or(true);
  into.rate_limit = static_cast<std::uint32_t>(from.integer("rate_limit", 0, most_items).value_or(0));
  into.memory_limit_bytes = bytes(from, "memory_limit_mb");
  into.node = from.text("node").value_or("");
  into.busy.stall_share = from.number("busy_stall_share", 0).value_or(into.busy.stall_share);
  into.busy.load_per_core = from.number("busy_load_per_core", 0).value_or(into.busy.load_per_core);
  into.busy.longest_deferral = from.span("longest_deferral").value_or(into.busy.longest_deferral);
}

class reader {
 public:
  reader(const toml::table& document, std::string path, const environment& variables)
      : document_(document), path_(std::move(path)), variables_(variables) {}

  schedule_settings read() {
    schedule_settings settings;
    static const toml::table nothing;
    const auto* warming = document_.get("warming");
    if (warming != nullptr && !warming->is_table()) whole().fail("warming", "must be a table: [warming]");
    auto common = at(warming == nullptr ? nothing : *warming->as_table(), "warming", "STOKER_");
    read_warming(common, settings);
    common.check_keys();  // its variables begin as anybody's do
    for (auto& each : sections("calendar", {})) settings.calendars.push_back(read_calendar(each));
    add_schedules(settings);
    return settings;
  }

 private:
  section at(const toml::table& table, const std::string& name, const std::string& prefix) const {
    return {table, path_, name, variables_, prefix};
  }
  section whole() const { return at(document_, "the file", {}); }

  std::vector<section> sections(const std::string& kind, const std::string& prefix) const {
    std::vector<section> found;
    const auto* node = document_.get(kind);
    if (node == nullptr) return found;
    const auto* array = node->as_array();
    if (array == nullptr) whole().fail(kind, "must be written as [[" + kind + "]]");
    for (const auto& element : *array) {
      const auto* table = element.as_table();
      if (table == nullptr) whole().fail(kind, "must be written as [[" + kind + "]]");
      const auto* key = kind == "schedule" ? "id" : "name";
      const auto id = (*table)[key].value_or(std::string{});
      found.push_back(
          at(*table, kind + " \"" + id + "\"", prefix.empty() ? prefix : prefix + variable_part(id) + "_"));
    }
    return found;
  }

  void add_schedules(schedule_settings& settings) const {
    auto all = sections("schedule", "STOKER_");
    std::vector<std::string> prefixes;
    for (const auto& each : all) prefixes.push_back(each.prefix());
    const calendar_book calendars{settings.calendars};
    std::set<std::string> ids;
    for (auto& each : all) {
      auto entry = read_schedule(each);
      const auto enabled = each.flag("enabled").value_or(true);
      each.check_keys();
      each.check_variables(prefixes);
      if (!ids.insert(entry.id).second) each.fail("the id stands twice");
      try {
        const schedule_row checked{entry, calendars, settings.node};
      } catch (const error& mistake) {
        each.fail(mistake.what());
      }
      if (enabled) settings.schedules.push_back(std::move(entry));
    }
  }

  const toml::table& document_;
  std::string path_;
  const environment& variables_;
};

}  // namespace

schedule_settings read_schedules(std::string_view text, const std::string& path,
                                 const environment& variables) {
  const auto document = parse(text, path);
  return reader{document, path, variables}.read();
}

schedule_settings read_schedule_file(const std::string& path, const environment& variables) {
  std::ifstream file{path};
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    throw error{errc::invalid_argument, path + ": can't be read, or is empty"};
  return read_schedules(text.str(), path, variables);
}

}  // namespace stoker::configuration
