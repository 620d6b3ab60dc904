#include "apps/stoker/patterns_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/presentation.hpp"

namespace stoker::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr auto help_text =
    R"(Hours are of the day in UTC, over all that was learned. A rate is in accesses an hour, recent ones counting more.

Examples:
  stoker patterns --cache pages
  stoker patterns --cache pages --json | jq '.trending[].key'

)";

constexpr std::size_t hour_bar_width = 42;

struct patterns_arguments {
  connection_options connection;
  std::string cache;
};

std::string hours_text(const json& hours) {
  double most = 0;
  for (const auto& hour : hours) most = std::max(most, hour.get<double>());
  if (most == 0) return {};
  std::string text = "\nhour\n";
  int number = 0;
  for (const auto& hour : hours)
    text += fmt::format("  {:02}  {} {}\n", number++, bar_text(hour.get<double>() / most, hour_bar_width),
                        count_text(hour));
  return text;
}

std::string keys_table(const char* title, const json& keys, const palette& paint) {
  text_table table{{title, ">accesses", ">an hour", ">size", ">a miss costs"}};
  for (const auto& each : keys)
    table.add({key_text(each), count_text(field(each, "count")),
               fmt::format("{:.1f}", number_of(each, "rate_per_hour")), bytes_text(field(each, "bytes")),
               number_of(each, "cost_us") == 0 ? "-" : duration_text(number_of(each, "cost_us") / 1e6)});
  return table.empty() ? std::string{} : '\n' + table.text(paint);
}

std::string patterns_text(const json& patterns, const palette& paint) {
  return fmt::format("{} accesses of {} keys\n", count_text(field(patterns, "total_accesses")),
                     count_text(field(patterns, "unique_keys"))) +
         hours_text(field(patterns, "hour_of_day")) + keys_table("most used", field(patterns, "top"), paint) +
         keys_table("on the rise", field(patterns, "trending"), paint);
}

exit_code run_patterns(const patterns_arguments& given, console& io) {
  daemon_client client{given.connection};
  query_parameters query;
  if (!given.cache.empty()) query.emplace_back("cache", given.cache);
  const auto patterns = client.get("/warming/patterns", query).body;
  io.out << (given.connection.json ? json_text(patterns) : patterns_text(patterns, palette{io}))
         << std::flush;
  return exit_ok;
}

}  // namespace

void add_patterns_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("patterns", "Show what is used, and when");
  auto given = std::make_shared<patterns_arguments>();
  command->add_option("--cache", given->cache, "Of which cache; may be left out where there is only one");
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_patterns(*given, io); });
}

}  // namespace stoker::cli
