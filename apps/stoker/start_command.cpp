#include "apps/stoker/start_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <ostream>

#include "apps/stoker/background_daemon.hpp"
#include "apps/stoker/configured_daemon.hpp"
#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/status_report.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Every cache is warmed now and then; what was started before is replaced, and what is known of schedules stays. With no
option a daemon begins what it is configured to do.
With --background a daemon is launched when none runs ("stoker serve", with --config if it is given); it goes on when
this command is over.

Examples:
  stoker start --interval 3600
  stoker start --interval 900 --cache pages --adaptive
  stoker start --background --config stoker.toml

)";

struct start_arguments {
  connection_options connection;
  std::optional<double> interval_s;
  std::vector<std::string> caches;
  std::string strategy;
  bool adaptive = false;
  bool tasks = false;
  bool no_patterns = false;
  bool no_critical = false;
  bool background = false;
  std::string configuration;
};

nlohmann::ordered_json request_of(const start_arguments& given) {
  auto request = nlohmann::ordered_json::object();  // nothing named: what is configured
  if (given.interval_s) request["interval_s"] = *given.interval_s;
  if (!given.caches.empty()) request["caches"] = given.caches;
  if (!given.strategy.empty()) request["strategy"] = given.strategy;
  if (given.adaptive) request["adaptive"] = true;
  if (given.tasks) request["tasks"] = true;
  if (given.no_patterns) request["patterns"] = false;
  if (given.no_critical) request["critical"] = false;
  return request;
}

// The connection, once a daemon is there.
connection_options with_daemon(const start_arguments& given, console& io) {
  const auto path = configuration_or_usual(given.configuration);
  if (!given.background && path.empty()) return given.connection;
  const auto settings = read_settings(path);
  const auto connection = reach(settings, given.connection);
  daemon_client client{connection};
  if (!given.background || client.answers()) return connection;
  const auto process = launch({path, settings.folder}, client);
  io.err << fmt::format("stoker: daemon launched, process {}\n", process);
  return reach(settings, given.connection);  // its token is there now
}

exit_code run_start(const start_arguments& given, console& io) {
  daemon_client client{with_daemon(given, io)};
  const auto scheduler = client.post("/warming/start", request_of(given)).body;
  if (given.connection.json)
    io.out << json_text(scheduler) << std::flush;
  else
    io.out << "background warming is running\n"
           << schedules_table(scheduler, nullptr, palette{io}) << std::flush;
  return exit_ok;
}

}  // namespace

void add_start_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("start", "Start background warming");
  auto given = std::make_shared<start_arguments>();
  command
      ->add_option(
          "--interval", given->interval_s,
          "Seconds between two runs of a cache; 0: its own schedules alone. Default: as the daemon is "
          "configured, else 3600")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--cache", given->caches, "Only this cache; may be repeated")->allow_extra_args(false);
  command->add_option("--strategy", given->strategy, "By this strategy; default: each cache's own");
  command->add_flag("--adaptive", given->adaptive, "Let the intervals follow how often caches are accessed");
  command->add_flag("--tasks", given->tasks, "Every registered task on an interval of its own");
  command->add_flag("--no-patterns", given->no_patterns, "Don't warm by the strategy");
  command->add_flag("--no-critical", given->no_critical, "Don't warm critical tasks");
  command->add_flag("--background", given->background, "Launch a daemon when none runs");
  command
      ->add_option("--config", given->configuration,
                   "The daemon's configuration; default: /etc/stoker/stoker.toml, if it is there")
      ->check(CLI::ExistingFile);
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_start(*given, io); });
}

}  // namespace stoker::cli
