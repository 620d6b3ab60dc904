#include "apps/stoker/optimize_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(By the accesses of the last hour: more than 1 a minute is warmed every 15 minutes, more than 0.5 every 30, more
than 0.1 every 60, less every 120.

Examples:
  stoker optimize --dry-run
  stoker optimize

)";

struct optimize_arguments {
  connection_options connection;
  bool dry_run = false;
};

std::string changes_text(const nlohmann::ordered_json& changes, const palette& paint) {
  text_table table{{"schedule", "cache", "key", ">accesses a minute", ">interval", ">from now on", ""}};
  for (const auto& each : field(changes, "changes")) {
    const auto keyed = each.contains("key_base64") || !text_of(each, "key").empty();
    table.add({clean_text(text_of(each, "id")), clean_text(text_of(each, "cache")),
               keyed ? key_text(each) : "", fmt::format("{:.2f}", number_of(each, "accesses_per_minute")),
               duration_text(field(each, "before_s")), duration_text(field(each, "after_s")),
               flag_of(each, "applied") ? paint(tone::good, "changed") : ""});
  }
  return table.empty() ? "there is no schedule with an interval\n" : table.text(paint);
}

exit_code run_optimize(const optimize_arguments& given, console& io) {
  daemon_client client{given.connection};
  const auto changes = client.post("/warming/optimize", {{"apply", !given.dry_run}}).body;
  io.out << (given.connection.json ? json_text(changes) : changes_text(changes, palette{io})) << std::flush;
  return exit_ok;
}

}  // namespace

void add_optimize_command(CLI::App& app, console& io, int& status) {
  auto* command =
      app.add_subcommand("optimize", "Fit the intervals of schedules to how often caches are accessed");
  auto given = std::make_shared<optimize_arguments>();
  command->add_flag("--dry-run", given->dry_run, "Only tell what would change");
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_optimize(*given, io); });
}

}  // namespace stoker::cli
