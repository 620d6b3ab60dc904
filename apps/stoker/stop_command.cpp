#include "apps/stoker/stop_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(No more runs begin; those under way go on unless they are waited for. The daemon itself stays; its service
manager ends it (systemctl stop stoker).

Examples:
  stoker stop
  stoker stop --patience 10

)";

struct stop_arguments {
  connection_options connection;
  double patience_s = 0;
};

std::string stop_text(const nlohmann::ordered_json& scheduler) {
  std::string running;
  for (const auto& each : field(scheduler, "schedules"))
    if (flag_of(each, "in_progress"))
      running += (running.empty() ? "" : ", ") + clean_text(text_of(each, "id"));
  return "background warming is stopped\n" + (running.empty() ? "" : "still under way: " + running + '\n');
}

exit_code run_stop(const stop_arguments& given, console& io) {
  daemon_client client{given.connection};
  const auto scheduler = client.post("/warming/stop", {{"patience_s", given.patience_s}}).body;
  io.out << (given.connection.json ? json_text(scheduler) : stop_text(scheduler)) << std::flush;
  return exit_ok;
}

}  // namespace

void add_stop_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("stop", "Stop background warming");
  auto given = std::make_shared<stop_arguments>();
  command->add_option("--patience", given->patience_s, "Seconds to wait for runs under way")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_stop(*given, io); });
}

}  // namespace stoker::cli
