#include "apps/stoker/serve_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/daemon/assembly.hpp"
#include "apps/daemon/description.hpp"
#include "apps/daemon/serve.hpp"
#include "apps/stoker/configured_daemon.hpp"
#include "messages/error.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Runs in the foreground until it is told to end; log lines go to standard error. Environment variables override
the configuration (STOKER_SERVER_PORT=8004, STOKER_LOG_FORMAT=json); an example with every key is
/usr/share/stoker/stoker.toml.

Signals: HUP reads the configuration anew and tells what needs a restart; TERM and INT end the daemon in order, and
at once when they come twice.
Exit codes: 0 ended as it was told to, or --check found everything in order; 1 it could not start (another daemon
runs on its folder, its address is taken), could not keep what was learned, or was ended by a second signal; 2 the
configuration is wrong, and the message names line and key.

Examples:
  stoker serve
  stoker serve --config stoker.toml --check
  STOKER_SERVER_PORT=0 stoker serve --config stoker.toml

)";

struct serve_arguments {
  std::string configuration;  // empty: the usual one, if it is there
  bool check = false;
};

exit_code check(const std::string& path, console& io) {
  try {
    const auto settings = configuration::read_daemon_file(path, configuration::environment_of_process());
    daemon::validate(settings);
    io.out << (path.empty() ? "without a configuration file" : path) << ": in order\n\n"
           << daemon::describe(settings) << std::flush;
    return exit_ok;
  } catch (const error& mistake) {
    throw usage_error{mistake.what()};
  }
}

exit_code code_of(daemon::serve_result result) {
  switch (result) {
    case daemon::serve_result::ended:
      return exit_ok;
    case daemon::serve_result::malformed:
      return exit_usage;
    case daemon::serve_result::failed:
      break;
  }
  return exit_failure;
}

exit_code run_serve(const serve_arguments& given, console& io) {
  const auto path = configuration_or_usual(given.configuration);
  if (given.check) return check(path, io);
  return code_of(daemon::serve({path, configuration::environment_of_process()}));
}

}  // namespace

void add_serve_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("serve", "Run the daemon: caches, background warming, control API");
  auto given = std::make_shared<serve_arguments>();
  command->add_option("--config", given->configuration,
                      "Configuration in TOML; default: /etc/stoker/stoker.toml, if it is there");
  command->add_flag("--check", given->check,
                    "Only say whether the configuration is in order, and what a daemon would do with it");
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_serve(*given, io); });
}

}  // namespace stoker::cli
