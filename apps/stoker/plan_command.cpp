#include "apps/stoker/plan_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/changed_files_run.hpp"
#include "apps/stoker/local_service.hpp"
#include "apps/stoker/run_report.hpp"
#include "apps/stoker/warm_request_options.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(Nothing is loaded. Keys are in the order in which they would be warmed; of those that are left out, the reasons.
Without a daemon the plan is made by the configuration, and by what its history knows.

Examples:
  stoker plan --cache pages --strategy popular --limit 100
  stoker warm --plan $(stoker plan --cache pages --save --json | jq -r .id)
  stoker plan --cache pages --json | jq .left_out_counts

)";

struct plan_arguments {
  connection_options connection;
  std::string configuration;
  warm_request_options request;
  changed_files_arguments changed;
  std::size_t items = 20;
  bool save = false;
};

exit_code run_plan(const plan_arguments& given, console& io) {
  auto request = request_for(given.request, given.changed);
  if (given.save) request["save"] = true;
  const auto path = "/warming/plan?items=" + std::to_string(given.items);
  service answering{given.connection, given.configuration};
  const auto plan = answering.client().post(path, request).body;
  io.out << (given.connection.json ? json_text(plan) : plan_text(plan, given.items, palette{io}))
         << std::flush;
  return exit_ok;
}

}  // namespace

void add_plan_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("plan", "Show what a run would do, and why, without doing it");
  auto given = std::make_shared<plan_arguments>();
  add_warm_request_options(*command, given->request);
  command->add_option("--items", given->items, "Keys to list at most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_flag("--save", given->save, "Keep the plan, to be run later");
  add_changed_files_options(*command, given->changed);
  add_configuration_option(*command, given->configuration);
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_plan(*given, io); });
}

}  // namespace stoker::cli
