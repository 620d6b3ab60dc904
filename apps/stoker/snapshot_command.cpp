#include "apps/stoker/snapshot_command.hpp"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/presentation.hpp"
#include "messages/error.hpp"
#include "storage/snapshots/snapshot_file.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(A snapshot holds keys, how popular they are, TTL, what a load costs, sizes and tags; no values. One that was
taken of one kind of cache warms any other: stoker warm --cache pages --strategy snapshot

Examples:
  stoker snapshot save --cache pages
  stoker snapshot load --cache pages --path /var/backups/pages.snapshot
  stoker snapshot show /var/backups/pages.snapshot --limit 5

)";

struct transfer_arguments {
  connection_options connection;
  std::string cache, path;
  std::uint32_t keys = usual_snapshot_keys;
};

struct show_arguments {
  std::string file;
  std::uint32_t limit = 10;
  bool json = false;
};

std::string time_text(time_point at) {
  return absl::FormatTime(absl::RFC3339_sec, absl::FromUnixNanos(at.time_since_epoch().count()),
                          absl::UTCTimeZone());
}

double seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

exit_code run_transfer(const transfer_arguments& given, const char* action, console& io) {
  daemon_client client{given.connection};
  nlohmann::ordered_json request{{"action", action}};
  if (!given.cache.empty()) request["cache"] = given.cache;
  if (!given.path.empty()) request["path"] = given.path;
  const bool saves = std::string_view{action} == "save";
  if (saves) request["keys"] = given.keys;
  const auto status = client.post("/warming/snapshot", request).body;
  if (given.connection.json)
    io.out << json_text(status) << std::flush;
  else
    io.out << fmt::format("{} keys of cache {} {} {}\n",
                          count_text(field(status, saves ? "saved_keys" : "loaded_keys")),
                          clean_text(text_of(status, "cache")), saves ? "saved in" : "loaded from",
                          clean_text(text_of(status, "path")))
           << std::flush;
  return exit_ok;
}

nlohmann::ordered_json as_json(const hot_set& hot, const show_arguments& given) {
  auto keys = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < std::min<std::size_t>(given.limit, hot.keys.size()); ++i) {
    const auto& each = hot.keys[i];
    auto item = key_object(each.key);
    item["rate_per_hour"] = each.rate_per_hour;
    item["count"] = each.count;
    item["last_access"] = time_text(each.last_access);
    item["ttl_s"] = seconds(each.ttl);
    item["cost_us"] = each.cost_us;
    item["bytes"] = each.bytes;
    item["tags"] = each.tags;
    keys.push_back(std::move(item));
  }
  return {{"cache", hot.cache},
          {"taken_at", time_text(hot.taken_at)},
          {"key_count", hot.keys.size()},
          {"keys", keys}};
}

std::string as_text(const hot_set& hot, const show_arguments& given, const console& io) {
  std::uint64_t bytes = 0;
  std::uint64_t cost_us = 0;
  for (const auto& each : hot.keys) {
    bytes += each.bytes;
    cost_us += each.cost_us;
  }
  auto text = fmt::format("{} keys of cache {}, taken {}; values of {}, {} of loads\n",
                          count_text(hot.keys.size()), clean_text(hot.cache), time_text(hot.taken_at),
                          bytes_text(bytes), duration_text(static_cast<double>(cost_us) / 1e6));
  text_table table{{"key", ">uses an hour", ">uses", ">TTL", ">load", ">size", "tags"}};
  for (std::size_t i = 0; i < std::min<std::size_t>(given.limit, hot.keys.size()); ++i) {
    const auto& each = hot.keys[i];
    std::string tags;
    for (const auto& tag : each.tags) tags += (tags.empty() ? "" : ", ") + clean_text(tag);
    table.add({key_text(key_object(each.key)), fmt::format("{:.1f}", each.rate_per_hour),
               count_text(each.count), each.ttl == duration::zero() ? "-" : duration_text(seconds(each.ttl)),
               duration_text(static_cast<double>(each.cost_us) / 1e6), bytes_text(each.bytes), tags});
  }
  return table.empty() ? text : text + table.text(palette{io});
}

exit_code run_show(const show_arguments& given, console& io) {
  hot_set hot;
  try {
    hot = read_snapshot(given.file);
  } catch (const error& wrong) {
    throw usage_error{wrong.what()};
  }
  io.out << (given.json ? json_text(as_json(hot, given)) : as_text(hot, given, io)) << std::flush;
  return exit_ok;
}

void add_transfer(CLI::App& group, const char* action, const char* description, console& io, int& status) {
  auto* command = group.add_subcommand(action, description);
  auto given = std::make_shared<transfer_arguments>();
  command->add_option("--cache", given->cache, "Of which cache; may be left out where there is only one");
  command->add_option("--path", given->path, "File on the daemon's machine; the daemon's own when left out");
  if (std::string_view{action} == "save")
    command->add_option("--keys", given->keys, "The hottest so many")->capture_default_str();
  add_connection_options(*command, given->connection);
  command->callback([given, action, &io, &status] { status = run_transfer(*given, action, io); });
}

}  // namespace

void add_snapshot_command(CLI::App& app, console& io, int& status) {
  auto* group = app.add_subcommand("snapshot", "Save, load or show the hot set of a cache");
  group->require_subcommand(1);
  group->footer(help_text);
  add_transfer(*group, "save", "Save the hot set of a daemon's cache", io, status);
  add_transfer(*group, "load", "Load one, for the strategy \"snapshot\"", io, status);
  auto* show = group->add_subcommand("show", "Show what is in a file");
  auto given = std::make_shared<show_arguments>();
  show->add_option("FILE", given->file, "The snapshot")->required();
  show->add_option("--limit", given->limit, "The hottest so many keys are listed")->capture_default_str();
  show->add_flag("--json", given->json, "Print one JSON object");
  show->callback([given, &io, &status] { status = run_show(*given, io); });
}

}  // namespace stoker::cli
