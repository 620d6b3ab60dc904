#include "apps/stoker/rollback_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(What was used, changed, or put there again by a later run stays. A run that is under way is ended first.

Examples:
  stoker rollback --cache pages
  stoker rollback --cache pages --run 17

)";

struct rollback_arguments {
  connection_options connection;
  std::string cache;
  std::uint64_t run = 0;
};

exit_code run_rollback(const rollback_arguments& given, console& io) {
  daemon_client client{given.connection};
  nlohmann::ordered_json request{{"run", given.run}};
  if (!given.cache.empty()) request["cache"] = given.cache;
  const auto report = client.post("/warming/rollback", request).body;
  if (given.connection.json)
    io.out << json_text(report) << std::flush;
  else
    io.out << fmt::format("run {} of cache {}: {} entries removed ({}), {} kept\n",
                          count_text(field(report, "run")), clean_text(text_of(report, "cache")),
                          count_text(field(report, "removed")), bytes_text(field(report, "bytes")),
                          count_text(field(report, "kept")))
           << std::flush;
  const auto trouble = text_of(report, "trouble");
  if (trouble.empty()) return exit_ok;
  io.err << fmt::format("stoker: {} entries may still be there: {}\n", count_text(field(report, "unknown")),
                        clean_text(trouble));
  return exit_failure;
}

}  // namespace

void add_rollback_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("rollback", "Remove what a run put into a cache and nobody used since");
  auto given = std::make_shared<rollback_arguments>();
  command->add_option("--cache", given->cache, "Of which cache; may be left out where there is only one");
  command->add_option("--run", given->run, "Number of the run; 0: the latest")->capture_default_str();
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_rollback(*given, io); });
}

}  // namespace stoker::cli
