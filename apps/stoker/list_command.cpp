#include "apps/stoker/list_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/local_service.hpp"
#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr auto help_text =
    R"(Parameters are given to "stoker warm" and "stoker plan" as --param name=value.

Examples:
  stoker list
  stoker list --cache patterns --json
  stoker list --config stoker.toml

)";

constexpr std::size_t longest_description = 160;

struct list_arguments {
  connection_options connection;
  std::string configuration;
  std::string cache;
};

std::string parameters_text(const json& strategy, const palette& paint) {
  std::string lines;
  for (const auto& each : field(strategy, "parameters")) {
    const auto standard = text_of(each, "default_text");
    lines += fmt::format("    {} ({}{}): {}\n", paint(tone::strong, clean_text(text_of(each, "name"))),
                         text_of(each, "type"), standard.empty() ? "" : ", default " + clean_text(standard),
                         clean_text(text_of(each, "description"), longest_description));
  }
  return lines;
}

std::string strategies_text(const json& strategies, const palette& paint) {
  std::string text;
  for (const auto& each : strategies) {
    const auto cache = text_of(each, "cache");
    text += fmt::format("{}{}{}\n  {}\n", paint(tone::strong, clean_text(text_of(each, "name"))),
                        cache.empty() ? "" : fmt::format(" (cache {})", clean_text(cache)),
                        flag_of(each, "warms_by_itself") ? " - an action: it warms by itself" : "",
                        clean_text(text_of(each, "description"), longest_description));
    text += parameters_text(each, paint);
  }
  return text;
}

exit_code run_list(const list_arguments& given, console& io) {
  service answering{given.connection, given.configuration};
  auto& client = answering.client();
  query_parameters query;
  if (!given.cache.empty()) query.emplace_back("cache", given.cache);
  const auto answer = client.get("/warming/strategies", query).body;
  io.out << (given.connection.json ? json_text(answer)
                                   : strategies_text(field(answer, "strategies"), palette{io}))
         << std::flush;
  return exit_ok;
}

}  // namespace

void add_list_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("list", "List the strategies that caches can be warmed by");
  auto given = std::make_shared<list_arguments>();
  command->add_option("--cache", given->cache, "Only what this cache offers");
  add_configuration_option(*command, given->configuration);
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_list(*given, io); });
}

}  // namespace stoker::cli
