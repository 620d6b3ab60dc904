#include "apps/stoker/schedule_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "actors/scheduling/timetable.hpp"
#include "apps/configuration/schedule_settings.hpp"
#include "messages/error.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Environment variables override the file: STOKER_RATE_LIMIT, STOKER_POPULAR_LIMIT (the key limit of the
schedule popular), and so on. Runs take no time in the list; those that follow events, accesses or learned
peaks are named after it. An example with every key: /usr/share/stoker/worker.toml.
Exit code 2: the file is wrong; the message names line and key.

Examples:
  stoker schedule worker.toml
  stoker schedule worker.toml --from 2026-11-25 --days 3 --time-zone America/New_York

)";

struct schedule_arguments {
  std::string file;
  std::string from;  // empty: now
  std::string time_zone;
  std::uint32_t days = 1;
  std::uint32_t limit = 1000;
  bool json = false;
};

struct planned_run {
  time_point at;
  std::string id;
  std::string why;
};

struct forecast {
  std::vector<planned_run> runs;
  bool cut = false;                           // there are more than were asked for
  std::vector<schedule_state> unforeseeable;  // wait for what can't be known
};

void add_options(CLI::App& command, schedule_arguments& given) {
  command.add_option("FILE", given.file, "Configuration with schedules, in TOML")->required();
  command.add_option("--from", given.from, "First day, as 2026-11-25; default: now");
  command.add_option("--days", given.days, "How many days to list")
      ->check(CLI::Range(1, 400))
      ->capture_default_str();
  command.add_option("--time-zone", given.time_zone, "Of the list; default: UTC");
  command.add_option("--limit", given.limit, "Lines at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_flag("--json", given.json, "Print one JSON object instead of a table");
}

time_point first_instant(const schedule_arguments& given, const absl::TimeZone& zone) {
  if (given.from.empty()) return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  absl::CivilDay day;
  if (!absl::ParseCivilTime(given.from, &day))
    throw usage_error{fmt::format("--from: \"{}\" is no date; write it as 2026-11-25", given.from)};
  return instant_of(absl::CivilSecond{day}, zone);
}

// Plays the timetable: each run begins when it is due, and is over at once.
forecast play(const configuration::schedule_settings& settings, time_point from,
              const schedule_arguments& given) {
  forecast result;
  timetable table{settings.node};
  table.start({settings.schedules, settings.calendars}, from);
  std::map<std::string, std::string> reasons;  // before a run waits for another one
  for (const auto& line : table.status().schedules) {
    if (line.next_run == time_point{}) result.unforeseeable.push_back(line);
    reasons[line.id] = line.why;
  }
  const auto end = from + given.days * std::chrono::hours{24};
  for (auto now = std::max(from, table.next_due()); now < end; now = table.next_due()) {
    table.look(now);
    for (const auto& id : table.due(now)) {
      if (result.runs.size() == given.limit) {
        result.cut = true;
        return result;
      }
      result.runs.push_back({now, id, reasons[id]});
      table.began(id, now);
      reasons[id] = table.find(id)->state.why;
      table.finished(id, {true, {}, 0}, now);
    }
  }
  return result;
}

std::string local_text(time_point at, const absl::TimeZone& zone) {
  return absl::FormatTime("%a %Y-%m-%d %H:%M:%S %Ez", absl::FromUnixNanos(at.time_since_epoch().count()),
                          zone);
}

std::string as_json(const forecast& foreseen, const absl::TimeZone& zone) {
  auto runs = nlohmann::ordered_json::array();
  for (const auto& run : foreseen.runs)
    runs.push_back({{"at", absl::FormatTime(absl::RFC3339_sec,
                                            absl::FromUnixNanos(run.at.time_since_epoch().count()), zone)},
                    {"id", run.id},
                    {"why", run.why}});
  auto others = nlohmann::ordered_json::array();
  for (const auto& line : foreseen.unforeseeable)
    others.push_back({{"id", line.id}, {"kind", to_string(line.kind)}, {"why", line.why}});
  const nlohmann::ordered_json json{{"runs", runs}, {"more", foreseen.cut}, {"not_by_the_clock", others}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

std::string as_text(const forecast& foreseen, const absl::TimeZone& zone) {
  std::size_t width = 0;
  for (const auto& run : foreseen.runs) width = std::max(width, run.id.size());
  for (const auto& line : foreseen.unforeseeable) width = std::max(width, line.id.size());
  std::string text;
  for (const auto& run : foreseen.runs)
    text += fmt::format("{}  {:<{}}  {}\n", local_text(run.at, zone), run.id, width, run.why);
  if (foreseen.cut) text += "... and more\n";
  for (const auto& line : foreseen.unforeseeable)
    text += fmt::format("{:<30}  {:<{}}  {}\n", "not by the clock", line.id, width, line.why);
  return text;
}

exit_code run_schedule(const schedule_arguments& given, console& io) {
  absl::TimeZone zone;
  configuration::schedule_settings settings;
  try {
    zone = find_zone(given.time_zone);
    settings = configuration::read_schedule_file(given.file, configuration::environment_of_process());
  } catch (const error& mistake) {
    throw usage_error{mistake.what()};
  }
  if (!settings.enabled)
    io.err << "stoker: " << given.file << ": warming is switched off (enabled = false)\n";
  if (settings.schedules.empty()) io.err << "stoker: " << given.file << ": there is no schedule in it\n";
  const auto foreseen = play(settings, first_instant(given, zone), given);
  io.out << (given.json ? as_json(foreseen, zone) : as_text(foreseen, zone)) << std::flush;
  return exit_ok;
}

}  // namespace

void add_schedule_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("schedule", "Check a file of schedules and list the runs to come");
  auto given = std::make_shared<schedule_arguments>();
  add_options(*command, *given);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_schedule(*given, io); });
}

}  // namespace stoker::cli
