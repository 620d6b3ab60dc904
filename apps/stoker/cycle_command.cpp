#include "apps/stoker/cycle_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/progress_line.hpp"
#include "apps/stoker/status_report.hpp"
#include "apps/stoker/watching.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Whatever their times, however loaded the machine is, and whether background warming is started or not.
Exit code 1: a run failed. 4: not all of them were over within --patience, and go on.

Examples:
  stoker cycle
  stoker cycle popular

)";

struct cycle_arguments {
  connection_options connection;
  std::string id;
  double patience_s = 600;
};

constexpr double between_questions_s = 0.2;

using schedules = std::map<std::string, nlohmann::ordered_json>;

// By their ids, or that one alone.
schedules meant(const nlohmann::ordered_json& scheduler, const std::string& id) {
  schedules found;
  for (const auto& each : field(scheduler, "schedules"))
    if (id.empty() || text_of(each, "id") == id) found.emplace(text_of(each, "id"), each);
  return found;
}

// The daemon tells of schedules that it no longer has, too: those are left as they are when a cycle is asked
// for.
bool will_run(const nlohmann::ordered_json& before, const nlohmann::ordered_json& asked) {
  return !field(asked, "next_run").is_null() || flag_of(asked, "in_progress") ||
         number_of(asked, "runs") > number_of(before, "runs") ||
         text_of(asked, "why") != text_of(before, "why");
}

// Those that the cycle runs, as they were before.
schedules to_run(const nlohmann::ordered_json& before, const nlohmann::ordered_json& asked,
                 const std::string& id) {
  auto all = meant(before, id);
  const auto told = meant(asked, id);
  std::erase_if(all, [&](const auto& each) {
    const auto found = told.find(each.first);
    return found == told.end() || !will_run(each.second, found->second);
  });
  return all;
}

// How many of them have not run to their end since.
std::size_t still_to_run(const schedules& before, const nlohmann::ordered_json& now, const std::string& id) {
  auto latest = meant(now, id);
  std::size_t left = 0;
  for (const auto& [name, each] : before) {
    const auto found = latest.find(name);
    if (found == latest.end()) continue;
    const auto begun = number_of(found->second, "runs") > number_of(each, "runs");
    left += begun && !flag_of(found->second, "in_progress") ? 0 : 1;
  }
  return left;
}

bool any_failed(const nlohmann::ordered_json& scheduler, const std::string& id) {
  const auto ran = meant(scheduler, id);
  return std::any_of(ran.begin(), ran.end(), [](const auto& each) {
    return number_of(each.second, "runs") > 0 && !flag_of(each.second, "succeeded");
  });
}

nlohmann::ordered_json scheduler_of(daemon_client& client) {
  return field(client.get("/warming/status").body, "scheduler");
}

exit_code run_cycle(const cycle_arguments& given, console& io) {
  daemon_client client{given.connection};
  const auto before = scheduler_of(client);
  auto request = nlohmann::ordered_json::object();
  if (!given.id.empty()) request["id"] = given.id;
  auto scheduler = client.post("/warming/run_schedules", request).body;
  const interrupt_watch interrupts;
  double waited = 0;
  const auto asked = to_run(before, scheduler, given.id);
  auto left = still_to_run(asked, scheduler, given.id);
  for (progress_line line{io}; left > 0 && waited < given.patience_s && !interrupt_watch::interrupted();
       waited += between_questions_s) {
    line.show(fmt::format("{} schedules are still to run", left));
    wait_for_key(-1, between_questions_s);
    scheduler = scheduler_of(client);
    left = still_to_run(asked, scheduler, given.id);
  }
  io.out << (given.connection.json ? json_text(scheduler) : schedules_table(scheduler, nullptr, palette{io}))
         << std::flush;
  if (left > 0) return exit_partial;
  return any_failed(scheduler, given.id) ? exit_failure : exit_ok;
}

}  // namespace

void add_cycle_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("cycle", "Run every schedule, or one, once now");
  auto given = std::make_shared<cycle_arguments>();
  command->add_option("ID", given->id, "Of one schedule; default: all");
  command->add_option("--patience", given->patience_s, "Seconds to wait for their end")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_cycle(*given, io); });
}

}  // namespace stoker::cli
