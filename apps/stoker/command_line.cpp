#include "apps/stoker/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "storage/traces/read_trace.hpp"

#ifndef STOKER_VERSION
#error "STOKER_VERSION comes from the build: the project's version"
#endif

namespace stoker::cli {

namespace {

constexpr auto exit_codes_text =
    "Exit codes: 0 done; 1 failed; 2 wrong usage or malformed input; 3 a daemon is needed and none answers; "
    "4 a bound ended it early.";

void configure(CLI::App& app) {
  app.description(
      "Stoker keeps caches warm: it learns which keys will be needed and fills them ahead of time.");
  app.set_version_flag("--version", std::string("stoker ") + STOKER_VERSION, "Print the version and exit");
  app.footer(exit_codes_text);
  app.require_subcommand(1);
}

// CLI11 says of a command that it does not know only that a command is missing.
bool names_no_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front().starts_with('-')) return false;
  return app
      .get_subcommands([&](const CLI::App* command) { return command->get_name() == arguments.front(); })
      .empty();
}

// CLI11 reports help and version as errors, too; they print to `out` and succeed.
int report(const CLI::App& app, const CLI::ParseError& error, console& io) {
  return app.exit(error, io.out, io.err) == exit_ok ? exit_ok : exit_usage;
}

int complain(console& io, int code, const std::exception& error) {
  io.err << "stoker: " << error.what() << '\n';
  return code;
}

}  // namespace

int run(const std::vector<std::string>& arguments, const std::vector<add_command>& commands, console& io) {
  int status = exit_ok;
  CLI::App app("", "stoker");
  try {
    configure(app);
    for (const auto& add : commands) add(app, io, status);
    // Last, for commands would inherit it.
    app.set_help_all_flag("--help-all", "Print the help of every command and exit");
    for (auto* command : app.get_subcommands(nullptr))
      command->footer(command->get_footer() + exit_codes_text);
    app.parse(
        std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes the last one first
    return status;
  } catch (const CLI::ParseError& e) {
    if (!names_no_command(app, arguments)) return report(app, e, io);
    io.err << "stoker: there is no command \"" << arguments.front() << "\"; \"stoker --help\" lists them\n";
    return exit_usage;
  } catch (const failure& e) {
    return complain(io, e.code(), e);
  } catch (const trace_error& e) {
    return complain(io, exit_usage, e);
  } catch (const std::exception& e) {
    return complain(io, exit_failure, e);
  }
}

}  // namespace stoker::cli
