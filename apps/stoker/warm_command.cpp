#include "apps/stoker/warm_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/changed_files_run.hpp"
#include "apps/stoker/daemon_run.hpp"
#include "apps/stoker/local_service.hpp"
#include "apps/stoker/run_report.hpp"
#include "apps/stoker/warm_request_options.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(The daemon warms one of its caches and reports what came of it; "stoker list" shows the strategies. When none
answers, this command does it by the configuration.

For pipelines: --strategy changed_files reads the files that differ from a revision, and what they need, into the page
cache, before the build asks for them; that takes no daemon. What they need is told by dependency files: make's format
as compilers write it with -MD (*.d; a folder stands for all below it), or a list with a file and what it needs on each
line. Bounded in bytes (by default what the policy "balanced" leaves to warming) and in time. With --cache it warms that
cache instead: a file's path is its key, or what changed_keys in the configuration says, or --param key=page:{path};
what the cache's depends() knows is followed, too. A daemon reads what [changes] in its configuration opens to it.
Exit code 4: a bound, pressure or somebody ended it before everything was warm. 1: the run, or every load of it,
failed; of changed files: one could not be read.

Examples:
  stoker warm --cache patterns --strategy common_patterns --limit 50
  stoker warm --cache patterns --strategy language_specific --language cpp --policy conservative
  stoker warm --cache pages --strategy popular --strategy recent --budget-mb 100 --json
  stoker warm --plan 20261127T094922-2a01a9f2
  stoker warm --config stoker.toml --cache sessions
  stoker warm --strategy changed_files --base origin/main --depth 2 --timeout 60s
  stoker warm --strategy changed_files --cache pages --config stoker.toml --param files=content/{page*}.md \
      --param key=page:{page}

)";

struct warm_arguments {
  connection_options connection;
  std::string configuration;
  warm_request_options request;
  changed_files_arguments changed;
  std::string plan;
};

bool wants_page_cache(const warm_arguments& given) {
  return given.request.cache.empty() &&
         given.request.strategies == std::vector<std::string>{changed_files_strategy};
}

exit_code run_changed_files(const warm_arguments& given, console& io) {
  auto changed = given.changed;
  changed.json = given.connection.json;
  changed.budget_mb = given.request.budget_mb;
  if (given.request.timeout_s > 0) changed.timeout_s = given.request.timeout_s;
  if (!given.request.depth.empty())
    changed.selection.depth = static_cast<std::uint32_t>(std::stoul(given.request.depth));
  return warm_changed_files(changed, io);
}

// What is warmed in this process ends with it.
void warn_of_embedded(const service& answering, const warm_arguments& given, console& io) {
  if (answering.local() == nullptr) return;
  for (const auto& name : answering.local()->embedded())
    if (given.request.cache.empty() || given.request.cache == name)
      io.err << "stoker: no daemon answers; cache " << name
             << " is in this process's own memory, and ends with it\n";
}

exit_code run_warm(const warm_arguments& given, console& io) {
  if (wants_page_cache(given)) return run_changed_files(given, io);
  auto request = given.plan.empty() ? request_for(given.request, given.changed)
                                    : nlohmann::ordered_json{{"plan", given.plan}};
  if (given.plan.empty()) request["reason"] = "command line";
  service answering{given.connection, given.configuration};
  warn_of_embedded(answering, given, io);
  const auto report = run_and_wait(answering.client(), "/warming/warm", std::move(request), io);
  io.out << (given.connection.json ? json_text(report) : run_text(report, palette{io})) << std::flush;
  return code_of_run(report);
}

}  // namespace

void add_warm_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("warm", "Warm a cache, or the page cache with what changed in git");
  auto given = std::make_shared<warm_arguments>();
  add_warm_request_options(*command, given->request);
  command
      ->add_option("--plan", given->plan, "Run this plan, which was kept by \"stoker plan --save\", as it is")
      ->excludes("--strategy");
  add_changed_files_options(*command, given->changed);
  add_workers_option(*command, given->changed);
  add_configuration_option(*command, given->configuration);
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([command, given, &io, &status] {
    if (command->count("--workers") > 0 && !wants_page_cache(*given))
      throw usage_error{
          "--workers is of the page cache alone (--strategy changed_files without --cache); how many loads "
          "of a run go "
          "on at once is configured"};
    status = run_warm(*given, io);
  });
}

}  // namespace stoker::cli
