#include "apps/stoker/report_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/run_report.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Efficiency is the share of what was loaded that was used: good above 80 %, excellent above 90 %. A warning tells
when loads take more than 100 ms on average, and which keys are slow.

Examples:
  stoker report --cache pages
  stoker report --cache pages --run 17

)";

struct report_arguments {
  connection_options connection;
  std::string cache;
  std::optional<std::uint64_t> run;
};

exit_code run_report(const report_arguments& given, console& io) {
  daemon_client client{given.connection};
  query_parameters query;
  if (!given.cache.empty()) query.emplace_back("cache", given.cache);
  if (given.run) query.emplace_back("run", std::to_string(*given.run));
  const auto report = client.get(given.run ? "/warming/report" : "/warming/performance", query).body;
  const palette paint{io};
  if (given.connection.json)
    io.out << json_text(report) << std::flush;
  else
    io.out << (given.run ? run_text(report, paint) : performance_text(report, paint)) << std::flush;
  return exit_ok;
}

}  // namespace

void add_report_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("report", "Show what a run, or the latest runs together, came to");
  auto given = std::make_shared<report_arguments>();
  command->add_option("--cache", given->cache, "Of which cache; may be left out where there is only one");
  command->add_option("--run", given->run,
                      "Number of one run; 0: the latest. Default: all that are remembered");
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_report(*given, io); });
}

}  // namespace stoker::cli
