#include "apps/stoker/warm_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "actors/memory/budget.hpp"
#include "actors/memory/pressure.hpp"
#include "actors/memory/readings.hpp"
#include "apps/changes/page_cache.hpp"
#include "apps/changes/selection.hpp"
#include "apps/stoker/progress_line.hpp"
#include "messages/error.hpp"

namespace stoker::cli {

namespace {

constexpr auto help_text =
    R"(For pipelines: reads the files that differ from a revision, and what they need, into the page cache, before
the build asks for them. What they need is told by dependency files: make's format as compilers write it with
-MD (*.d; a folder stands for all below it), or a list with a file and what it needs on each line. Bounded in
bytes (by default what the policy "balanced" leaves to warming) and in time.
Exit code 4: a bound ended it before everything was warm. 1: a file could not be read.

Examples:
  stoker warm --strategy changed_files --base origin/main --depth 2 --timeout 60s
  stoker warm --strategy changed_files --base HEAD~1 --dependencies build --budget-mb 500 --json

)";

constexpr std::size_t outcomes = 6;
constexpr std::size_t problems_shown = 10;
constexpr std::uint32_t most_workers = 8;
constexpr std::uint64_t megabyte = 1 << 20;

struct warm_arguments {
  std::string strategy;
  std::string base = "HEAD";
  std::string repository = ".";
  std::vector<std::string> dependencies;
  std::string dependencies_base;
  changes::selection_options selection;
  double timeout_s = 60;
  std::uint64_t budget_mb = 0;
  std::uint32_t workers = std::clamp(std::thread::hardware_concurrency(), 1U, most_workers);
  bool json = false;
};

struct warm_outcome {
  std::vector<changes::selected_file> files;
  std::vector<changes::file_result> results;  // one a file
  std::uint64_t budget = 0;
  std::size_t dependencies = 0;
  double seconds = 0;

  std::size_t count(changes::file_outcome which) const {
    return static_cast<std::size_t>(std::count_if(
        results.begin(), results.end(), [&](const auto& result) { return result.outcome == which; }));
  }
  std::uint64_t bytes_read() const {
    std::uint64_t sum = 0;
    for (const auto& result : results) sum += result.bytes_read;
    return sum;
  }
};

void add_options(CLI::App& command, warm_arguments& given) {
  command.add_option("--strategy", given.strategy, "What to warm")
      ->check(CLI::IsMember({"changed_files"}))
      ->required();
  command.add_option("--base", given.base, "Revision that the working tree is compared with")
      ->capture_default_str();
  command.add_option("--repository", given.repository, "A folder of the repository")->capture_default_str();
  command.add_option("--dependencies", given.dependencies, "Dependency files, or folders of *.d files")
      ->check(CLI::ExistingPath);
  command
      .add_option("--dependencies-base", given.dependencies_base,
                  "Where relative paths in them start; default: the repository's root")
      ->check(CLI::ExistingDirectory);
  command.add_option("--depth", given.selection.depth, "Levels of dependencies to follow")
      ->check(CLI::Range(0, 5))
      ->capture_default_str();
  command.add_flag("--dependents", given.selection.dependents,
                   "Files that need a changed one count as changed, for they are built again");
  command
      .add_option("--timeout", given.timeout_s, "Of the whole run: 500ms, 60s, 2m; a plain number is seconds")
      ->transform(CLI::AsNumberWithUnit(
          std::map<std::string, double>{{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}},
          CLI::AsNumberWithUnit::CASE_SENSITIVE))
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("--budget-mb", given.budget_mb, "Bytes of files at most; 0: by the policy balanced")
      ->check(CLI::Range(0, 1 << 30))
      ->capture_default_str();
  command.add_option("--workers", given.workers, "Files that are read at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command.add_flag("--json", given.json, "Print one JSON object instead of text");
}

std::uint64_t budget_of(const warm_arguments& given) {
  if (given.budget_mb > 0) return given.budget_mb * megabyte;
  memory_report memory;
  memory.reading = read_memory(system_files());
  memory.level = pressure_gauge{}.update(memory.reading);
  return policy_budget(memory, memory_policy::balanced, 0);
}

warm_outcome warm(const warm_arguments& given, console& io) {
  const auto begin = std::chrono::steady_clock::now();
  const auto changed = changes::files_changed_since(given.base, given.repository);
  const auto dependencies =
      changes::read_dependencies(given.dependencies, changed.root, given.dependencies_base);
  warm_outcome done;
  done.dependencies = dependencies.dependencies();
  done.files = changes::select(changed, dependencies, given.selection);
  done.budget = budget_of(given);
  std::vector<std::string> paths;
  for (const auto& file : done.files) paths.push_back(changes::absolute_path(changed.root, file.path));
  const std::chrono::duration<double> timeout{given.timeout_s};
  const changes::file_bounds bounds{
      done.budget, begin + std::chrono::duration_cast<std::chrono::nanoseconds>(timeout), given.workers};
  progress_line progress{io};
  done.results = changes::warm_files(paths, bounds, [&](std::size_t files) {
    progress.show(fmt::format("{} of {} files", files, paths.size()));
  });
  done.seconds = std::chrono::duration<double>{std::chrono::steady_clock::now() - begin}.count();
  return done;
}

exit_code code_of(const warm_outcome& done) {
  if (done.count(changes::file_outcome::failed) > 0) return exit_failure;
  const auto cut =
      done.count(changes::file_outcome::over_budget) + done.count(changes::file_outcome::too_late);
  return cut > 0 ? exit_partial : exit_ok;
}

std::string as_json(const warm_outcome& done, const warm_arguments& given) {
  nlohmann::ordered_json json{{"strategy", given.strategy}, {"base", given.base}};
  json["selected"] = done.files.size();
  for (std::size_t which = 0; which < outcomes; ++which) {
    const auto outcome = static_cast<changes::file_outcome>(which);
    json[changes::to_string(outcome)] = done.count(outcome);
  }
  json["bytes_read"] = done.bytes_read();
  json["budget_bytes"] = done.budget;
  json["seconds"] = done.seconds;
  auto files = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < done.files.size(); ++i) {
    const auto& result = done.results[i];
    files.push_back({{"path", done.files[i].path},
                     {"depth", done.files[i].depth},
                     {"outcome", changes::to_string(result.outcome)},
                     {"bytes", result.bytes}});
    if (!result.error.empty()) files.back()["error"] = result.error;
  }
  json["files"] = files;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

std::string files_text(std::ptrdiff_t count) {
  return fmt::format("{} {}", count, count == 1 ? "file" : "files");
}

std::string as_text(const warm_outcome& done, const warm_arguments& given) {
  const auto changed =
      std::count_if(done.files.begin(), done.files.end(), [](const auto& file) { return file.depth == 0; });
  auto text = fmt::format("{} changed since {}, {} more that they need ({} dependencies known)\n",
                          files_text(changed), given.base,
                          static_cast<std::ptrdiff_t>(done.files.size()) - changed, done.dependencies);
  text += fmt::format("warmed {} files ({:.1f} MiB read), {} were warm already, in {:.2f} s\n",
                      done.count(changes::file_outcome::warmed),
                      static_cast<double>(done.bytes_read()) / static_cast<double>(megabyte),
                      done.count(changes::file_outcome::resident), done.seconds);
  const auto left_out = [&](changes::file_outcome which, const char* why) {
    if (const auto count = done.count(which); count > 0) text += fmt::format("left out: {} {}\n", count, why);
  };
  left_out(changes::file_outcome::missing, "that are no longer there");
  left_out(
      changes::file_outcome::over_budget,
      fmt::format("beyond the budget of {:.1f} MiB", static_cast<double>(done.budget) / megabyte).c_str());
  left_out(changes::file_outcome::too_late, "for want of time");
  return text;
}

void tell_failures(const warm_outcome& done, console& io) {
  std::size_t shown = 0;
  for (const auto& result : done.results)
    if (result.outcome == changes::file_outcome::failed && ++shown <= problems_shown)
      io.err << fmt::format("stoker: {}: {}\n", result.path, result.error);
  if (shown > problems_shown) io.err << fmt::format("stoker: and {} more\n", shown - problems_shown);
}

exit_code run_warm(const warm_arguments& given, console& io) {
  warm_outcome done;
  try {
    done = warm(given, io);
  } catch (const error& mistake) {
    throw usage_error{mistake.what()};
  }
  tell_failures(done, io);
  io.out << (given.json ? as_json(done, given) : as_text(done, given)) << std::flush;
  return code_of(done);
}

}  // namespace

void add_warm_command(CLI::App& app, console& io, int& status) {
  auto* command = app.add_subcommand("warm", "Warm the page cache with what changed in git");
  auto given = std::make_shared<warm_arguments>();
  add_options(*command, *given);
  command->footer(help_text);
  command->callback([given, &io, &status] { status = run_warm(*given, io); });
}

}  // namespace stoker::cli
