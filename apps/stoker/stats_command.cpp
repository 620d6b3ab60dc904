#include "apps/stoker/stats_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/status_report.hpp"

namespace stoker::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr auto help_text =
    R"(Precision is the share of what was warmed, and is decided, that was used. Lift is how much more often keys
hit for having been warmed, against keys that are held out; saved are users' loads that need not be made.

Examples:
  stoker stats
  stoker stats --cache pages --json

)";

struct stats_arguments {
  connection_options connection;
  std::string cache;
};

std::string traffic_table(const json& stats, const palette& paint) {
  text_table table{{"cache", ">hits", ">misses", ">hit ratio", ">recently", ">entries", ">prefetched",
                    ">used", ">wasted", ">evicted", ">lost accesses"}};
  for (const auto& cache : field(stats, "caches"))
    table.add({clean_text(text_of(cache, "cache")), count_text(field(cache, "hits")),
               count_text(field(cache, "misses")), ratio_text(field(cache, "hit_ratio")),
               ratio_text(field(cache, "recent_hit_ratio")), count_text(field(cache, "entries")),
               count_text(field(cache, "prefetches")), count_text(field(cache, "first_uses")),
               count_text(field(cache, "prefetched_wasted")), count_text(field(cache, "evictions")),
               count_text(field(cache, "dropped_accesses"))});
  return table.text(paint);
}

std::string costs_table(const json& stats, const palette& paint) {
  text_table table{{"cache", "strategy", ">origin calls spent", ">saved", ">held out", "why"}};
  for (const auto& warmer : field(stats, "warmers"))
    for (const auto& run : field(warmer, "strategies")) {
      const auto& proof = field(run, "proof");
      table.add({clean_text(text_of(warmer, "cache")), clean_text(text_of(run, "strategy")),
                 count_text(field(proof, "origin_calls")), count_text(field(proof, "origin_calls_saved")),
                 count_text(field(proof, "controls")), clean_text(text_of(proof, "because"))});
    }
  return table.empty() ? std::string{} : '\n' + table.text(paint);
}

std::string stats_text(const json& stats, const palette& paint) {
  const auto strategies = strategies_table(field(stats, "warmers"), field(stats, "at"), paint);
  const auto& tracker = field(stats, "tracker");
  return traffic_table(stats, paint) + (strategies.empty() ? "" : '\n' + strategies) +
         costs_table(stats, paint) +
         fmt::format("\ntracked: {} keys, {} accesses, in {}\n", count_text(field(tracker, "keys")),
                     count_text(field(tracker, "accesses")), bytes_text(field(tracker, "memory_bytes")));
}

exit_code run_stats(const stats_arguments& given, console& io) {
  daemon_client client{given.connection};
  query_parameters query;
  if (!given.cache.empty()) query.emplace_back("cache", given.cache);
  const auto stats = client.get("/warming/stats", query).body;
  io.out << (given.connection.json ? json_text(stats) : stats_text(stats, palette{io})) << std::flush;
  return exit_ok;
}

}  // namespace

void add_stats_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("stats", "Show what came of warming: hits, precision, lift, cost");
  auto given = std::make_shared<stats_arguments>();
  command->add_option("--cache", given->cache, "Only of this cache");
  add_connection_options(*command, given->connection);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_stats(*given, io); });
}

}  // namespace stoker::cli
