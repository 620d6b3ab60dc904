#include "apps/stoker/changed_files_run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
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

constexpr std::size_t outcomes = 6;
constexpr std::size_t problems_shown = 10;
constexpr std::uint64_t megabyte = 1 << 20;
constexpr auto group = "Files changed in git (--strategy changed_files)";

std::string whole(const std::string& path) {
  const auto real = std::filesystem::absolute(path).lexically_normal();
  return (real.has_filename() ? real : real.parent_path()).string();
}

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

std::uint64_t budget_of(const changed_files_arguments& given) {
  if (given.budget_mb > 0) return given.budget_mb * megabyte;
  memory_report memory;
  memory.reading = read_memory(system_files());
  memory.level = pressure_gauge{}.update(memory.reading);
  return policy_budget(memory, memory_policy::balanced, 0);
}

std::string joined(const std::vector<std::string>& paths) {
  std::string list;
  for (const auto& path : paths) {
    if (path.find(',') != std::string::npos)
      throw usage_error{
          fmt::format("--dependencies {}: commas separate paths, so none can stand in one", path)};
    list += (list.empty() ? "" : ",") + whole(path);
  }
  return list;
}

void add_parameters(nlohmann::ordered_json& parameters, const changed_files_arguments& given) {
  // What --param says stands.
  const auto set = [&](const char* name, const std::string& text) {
    if (!text.empty() && !parameters.contains(name)) parameters[name] = text;
  };
  set("base", given.base);
  set("repository", whole(given.repository));
  set("dependencies", joined(given.dependencies));
  set("dependencies_base", given.dependencies_base.empty() ? "" : whole(given.dependencies_base));
  if (given.selection.dependents) set("dependents", "true");
}

warm_outcome warm(const changed_files_arguments& given, console& io) {
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

std::string as_json(const warm_outcome& done, const changed_files_arguments& given) {
  nlohmann::ordered_json json{{"strategy", changed_files_strategy}, {"base", given.base}};
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

std::string as_text(const warm_outcome& done, const changed_files_arguments& given) {
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

}  // namespace

exit_code warm_changed_files(const changed_files_arguments& given, console& io) {
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

void add_changed_files_options(CLI::App& command, changed_files_arguments& given) {
  command.add_option("--base", given.base, "Revision that the working tree is compared with")
      ->capture_default_str()
      ->group(group);
  command.add_option("--repository", given.repository, "A folder of the repository")
      ->capture_default_str()
      ->group(group);
  command.add_option("--dependencies", given.dependencies, "Dependency files, or folders of *.d files")
      ->check(CLI::ExistingPath)
      ->group(group);
  command
      .add_option("--dependencies-base", given.dependencies_base,
                  "Where relative paths in them start; default: the repository's root")
      ->check(CLI::ExistingDirectory)
      ->group(group);
  command
      .add_flag("--dependents", given.selection.dependents,
                "Files that need a changed one count as changed, for they are built again")
      ->group(group);
}

void add_workers_option(CLI::App& command, changed_files_arguments& given) {
  command.add_option("--workers", given.workers, "Files that are read at once into the page cache")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->group(group);
}

nlohmann::ordered_json request_for(const warm_request_options& given,
                                   const changed_files_arguments& changed) {
  auto request = request_of(given);
  const auto& names = given.strategies;
  if (std::find(names.begin(), names.end(), changed_files_strategy) != names.end())
    add_parameters(request["parameters"], changed);
  return request;
}

}  // namespace stoker::cli
