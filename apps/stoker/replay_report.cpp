#include "apps/stoker/replay_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace stoker::cli {

namespace {

std::string row(std::string_view name, const std::string& value) {
  return fmt::format("{:<22}{:>16}\n", name, value);
}
std::string count(std::uint64_t n) {
  return fmt::format("{}", n);
}
std::string percent(double ratio) {
  return fmt::format("{:.2f} %", 100 * ratio);
}

std::string restart_rows(const replay_result& result) {
  return row("requests to warm", result.requests_to_warm ? count(*result.requests_to_warm) : "never warm") +
         row("origin calls until", count(result.restart_origin_calls)) +
         row("hit ratio afterwards", percent(result.hit_ratio_after_restart)) +
         row("of a twin, unbroken", percent(result.twin_hit_ratio_after_restart));
}

}  // namespace

std::string to_json(const replay_result& result, const replay_options& options) {
  nlohmann::ordered_json json{
      {"requests", result.requests},
      {"hits", result.hits},
      {"hit_ratio", result.hit_ratio()},
      {"misses", result.misses},
      {"prefetches", result.prefetches},
      {"useful_prefetches", result.useful_prefetches},
      {"precision", result.precision()},
      {"baseline_misses", result.baseline_misses},
      {"origin_load", result.origin_load()},
      {"hidden_latency", result.hidden_latency},
      {"distinct_keys", result.distinct_keys},
      {"metadata_bytes", result.metadata_bytes},
      {"seconds", result.seconds},
      {"accesses_per_second", result.accesses_per_second()},
  };
  if (options.restart_at) {
    json["requests_to_warm"] = nullptr;
    if (result.requests_to_warm) json["requests_to_warm"] = *result.requests_to_warm;
    json["restart_origin_calls"] = result.restart_origin_calls;
    json["hit_ratio_after_restart"] = result.hit_ratio_after_restart;
    json["twin_hit_ratio_after_restart"] = result.twin_hit_ratio_after_restart;
  }
  return json.dump(2) + '\n';
}

std::string to_table(const replay_result& result, const replay_options& options) {
  auto table = row("requests", count(result.requests)) + row("distinct keys", count(result.distinct_keys)) +
               row("cache entries", count(options.cache_entries)) +
               row("hit ratio", percent(result.hit_ratio())) + row("hits", count(result.hits)) +
               row("misses", count(result.misses)) +
               row("misses of plain LRU", count(result.baseline_misses)) +
               row("prefetches", count(result.prefetches)) +
               row("useful prefetches", count(result.useful_prefetches)) +
               row("precision", percent(result.precision())) +
               row("origin load", fmt::format("{:.3f}", result.origin_load())) +
               row("hidden latency", percent(result.hidden_latency)) +
               row("metadata", fmt::format("{:.2f} MB", static_cast<double>(result.metadata_bytes) / 1e6)) +
               row("speed", fmt::format("{:.2f} M/s", result.accesses_per_second() / 1e6));
  if (options.restart_at) table += restart_rows(result);
  return table;
}

}  // namespace stoker::cli
