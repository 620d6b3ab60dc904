#include "apps/stoker/cycle_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_run.hpp"
#include "apps/stoker/status_report.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Whatever their times, however loaded the machine is, and whether background warming is started or not.
Exit code 1: a run failed.

Examples:
  stoker cycle
  stoker cycle popular

)";

struct cycle_arguments {
  connection_options connection;
  std::string id;
};

bool any_failed(const nlohmann::ordered_json& scheduler, const std::string& id) {
  for (const auto& each : field(scheduler, "schedules"))
    if ((id.empty() || text_of(each, "id") == id) && number_of(each, "runs") > 0 &&
        !flag_of(each, "succeeded"))
      return true;
  return false;
}

exit_code run_cycle(const cycle_arguments& given, console& io) {
  daemon_client client{given.connection};
  auto request = nlohmann::ordered_json::object();
  if (!given.id.empty()) request["id"] = given.id;
  const auto scheduler = run_and_wait(client, "/warming/run_schedules", std::move(request), io);
  const palette paint{io};
  if (given.connection.json)
    io.out << json_text(scheduler) << std::flush;
  else
    io.out << schedules_table(scheduler, nullptr, paint) << std::flush;
  return any_failed(scheduler, given.id) ? exit_failure : exit_ok;
}

}  // namespace

void add_cycle_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("cycle", "Run every schedule, or one, once now");
  auto given = std::make_shared<cycle_arguments>();
  command->add_option("ID", given->id, "Of one schedule; default: all");
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_cycle(*given, io); });
}

}  // namespace stoker::cli
