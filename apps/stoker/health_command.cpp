#include "apps/stoker/health_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Components are engine, warmer, tracker, predictor, scheduler, history, memory, arbiter, origin and cache.
Exit code 0: all is well. 4: degraded: it works, and somebody should look. 1: failing.

Examples:
  stoker health
  stoker health --component warmer
  stoker health --json || systemctl restart stoker

)";

struct health_arguments {
  connection_options connection;
  std::string component;
};

tone tone_of(const std::string& status) {
  if (status == "ok") return tone::good;
  return status == "degraded" ? tone::warning : tone::bad;
}

exit_code code_of(const std::string& status) {
  if (status == "ok") return exit_ok;
  return status == "degraded" ? exit_partial : exit_failure;
}

std::string health_text(const nlohmann::ordered_json& health, const palette& paint) {
  text_table table{{"component", "status", "detail"}};
  for (const auto& part : field(health, "components")) {
    const auto status = text_of(part, "status");
    table.add({clean_text(text_of(part, "component")), paint(tone_of(status), status),
               clean_text(text_of(part, "detail"))});
  }
  const auto whole = text_of(health, "status");
  return table.text(paint) + fmt::format("\n{}\n", paint(tone_of(whole), whole));
}

exit_code run_health(const health_arguments& given, console& io) {
  daemon_client client{given.connection};
  query_parameters query;
  if (!given.component.empty()) query.emplace_back("component", given.component);
  const auto health = client.get("/warming/health", query).body;
  io.out << (given.connection.json ? json_text(health) : health_text(health, palette{io})) << std::flush;
  return code_of(text_of(health, "status"));
}

}  // namespace

void add_health_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("health", "Tell whether the daemon is well, part by part");
  auto given = std::make_shared<health_arguments>();
  command->add_option("--component", given->component, "Only this one");
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_health(*given, io); });
}

}  // namespace stoker::cli
