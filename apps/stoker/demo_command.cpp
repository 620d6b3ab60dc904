#include "apps/stoker/demo_command.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "apps/stoker/progress_line.hpp"
#include "apps/stoker/restart_story.hpp"
#include "apps/stoker/temporary_folder.hpp"
#include "storage/traces/read_trace.hpp"

namespace stoker::cli {

namespace {

struct demo_arguments {
  std::string trace_file = "tests/data/build.csv.zst";
  std::string root = ".";
  std::uint64_t capacity_mb = 0;
  bool json = false;
};

std::optional<std::uint64_t> until_warm(const story& told, const playing& way) {
  return requests_until_warm(way.hits, told.never_restarted.hits, told.window);
}

std::string words(const std::optional<std::uint64_t>& requests) {
  if (!requests) return "never";
  return *requests == 0 ? "0 (at once)" : std::to_string(*requests);
}

// Hit ratio of the first requests after the restart, where a cold cache hurts.
double first_requests(const playing& way, std::uint64_t requests) {
  const auto end = std::min<std::size_t>(way.hits.size(), requests);
  return hit_ratio({way.hits.begin(), way.hits.begin() + static_cast<std::ptrdiff_t>(end)});
}

template <class Cell>
std::string row(const std::string& name, const story& told, Cell cell) {
  return fmt::format("{:<30}{:>18}{:>18}{:>18}\n", name, cell(told.never_restarted), cell(told.cold),
                     cell(told.warmed));
}

std::string to_table(const story& told) {
  const auto percent = [](double ratio) { return fmt::format("{:.2f} %", 100 * ratio); };
  std::string text = fmt::format("The cache is restarted after {} of {} recorded file accesses",
                                 told.restart_at, told.requests);
  text += told.skipped == 0
              ? ".\n"
              : fmt::format(" ({} more are of files that are missing here or too large to cache).\n",
                            told.skipped);
  text += fmt::format(
      "Stoker warmed {} files ({:.1f} MiB) from its history in {:.0f} ms before the first request.\n\n",
      told.warm_up.warmed, static_cast<double>(told.warm_up.bytes) / (1 << 20),
      std::chrono::duration<double, std::milli>(told.warm_up.took).count());
  text += fmt::format("{:<30}{:>18}{:>18}{:>18}\n", "after the restart", "never restarted", "cold",
                      "warmed by Stoker");
  text += row("hit ratio", told, [&](const playing& way) { return percent(hit_ratio(way.hits)); });
  text += row(fmt::format("hit ratio, first {}", told.window), told,
              [&](const playing& way) { return percent(first_requests(way, told.window)); });
  text += row("requests until warm", told, [&](const playing& way) {
    return &way == &told.never_restarted ? std::string{"-"} : words(until_warm(told, way));
  });
  text += row("origin calls", told, [](const playing& way) { return std::to_string(way.origin_calls); });
  text += row("p50 of get", told, [](const playing& way) { return fmt::format("{:.1f} us", way.p50_us); });
  text += row("p99 of get", told, [](const playing& way) { return fmt::format("{:.1f} us", way.p99_us); });
  return text;
}

nlohmann::json to_json(const story& told, const playing& way) {
  const auto warm = until_warm(told, way);
  return {{"hit_ratio", hit_ratio(way.hits)},
          {"hit_ratio_first_window", first_requests(way, told.window)},
          {"requests_to_warm", warm ? nlohmann::json(*warm) : nlohmann::json()},
          {"origin_calls", way.origin_calls},
          {"p50_us", way.p50_us},
          {"p99_us", way.p99_us}};
}

std::string to_json(const story& told) {
  const nlohmann::json whole{{"requests", told.requests},
                             {"skipped", told.skipped},
                             {"restart_at", told.restart_at},
                             {"window", told.window},
                             {"warmed_before_first_request", told.warm_up.warmed},
                             {"never_restarted", to_json(told, told.never_restarted)},
                             {"cold", to_json(told, told.cold)},
                             {"warmed", to_json(told, told.warmed)}};
  return whole.dump(2) + "\n";
}

void run_demo(const demo_arguments& given, console& io) {
  progress_line progress(io);
  progress.show("reading " + given.trace_file);
  const auto recorded = read_trace(given.trace_file);
  const temporary_folder folder;
  story_config config;
  config.recorded = &recorded;
  config.root = given.root;
  config.history_folder = folder.path() / "history";
  config.capacity_bytes = given.capacity_mb << 20;
  config.progress = [&](const std::string& what, double share) {
    progress.show(fmt::format("{:3.0f} %  {}", 100 * share, what));
  };
  const auto told = tell_restart_story(config);
  progress.show("");
  io.out << (given.json ? to_json(told) : to_table(told)) << std::flush;
}

}  // namespace

void add_demo_command(CLI::App& app, console& io, int& status) {
  auto* command =
      app.add_subcommand("demo", "The restart story on real files: never restarted, cold, warmed");
  auto given = std::make_shared<demo_arguments>();
  command
      ->add_option("--trace", given->trace_file, "A recorded trace whose keys are paths (see stoker record)")
      ->capture_default_str();
  command->add_option("--root", given->root, "The folder that relative paths start from")
      ->capture_default_str();
  command->add_option("--capacity-mb", given->capacity_mb,
                      "Of the cache; by default the engine's own default");
  command->add_flag("--json", given->json, "Print one JSON object instead of a table");
  command->footer(R"(Examples:
  stoker demo --trace trace.csv.zst
  stoker demo --trace trace.csv.zst --root /usr --capacity-mb 64

)");
  command->callback([given, &io, &status] {
    run_demo(*given, io);
    status = exit_ok;
  });
}

}  // namespace stoker::cli
