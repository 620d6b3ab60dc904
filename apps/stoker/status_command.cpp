#include "apps/stoker/status_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/status_report.hpp"
#include "apps/stoker/watching.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(A steady hit ratio is that of the cache when it was warm; lift is measured against keys that are held out.

Examples:
  stoker status
  stoker status --watch --interval 5
  stoker status --server unix:/run/stoker/control.sock --json | jq .scheduler

)";

constexpr auto clear_screen = "\x1b[H\x1b[2J";

struct status_arguments {
  connection_options connection;
  bool watch = false;
  double interval_s = 2;
  unsigned times = 0;
};

void show_status(daemon_client& client, const status_arguments& given, console& io) {
  const auto status = client.get("/warming/status").body;
  if (given.watch && io.out_is_terminal && !given.connection.json) io.out << clear_screen;
  io.out << (given.connection.json ? json_text(status) : status_text(status, client.server(), palette{io}))
         << std::flush;
}

exit_code run_status(const status_arguments& given, console& io) {
  daemon_client client{given.connection};
  watch(given.interval_s, given.watch ? given.times : 1, [&] { show_status(client, given, io); });
  return exit_ok;
}

}  // namespace

void add_status_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("status", "Show what the daemon is doing");
  auto given = std::make_shared<status_arguments>();
  command->add_flag("--watch", given->watch, "Show it again and again, until interrupted");
  command->add_option("--interval", given->interval_s, "Seconds between two looks")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--times", given->times, "Looks in all; 0: until interrupted")->capture_default_str();
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_status(*given, io); });
}

}  // namespace stoker::cli
