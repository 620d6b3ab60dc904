// `stoker warm --strategy changed_files`: reads what changed in git, and what it needs, into the page cache;
// and what the strategy is told when a cache is named instead, whoever warms it.
//
// The page cache needs no daemon. Bounded in bytes and in time. Threads: none of its own, but those that read
// files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <thread>
#include <vector>

#include "apps/changes/selection.hpp"
#include "apps/stoker/command_line.hpp"
#include "apps/stoker/warm_request_options.hpp"

namespace stoker::cli {

inline constexpr auto changed_files_strategy = "changed_files";
inline constexpr std::uint32_t most_workers_by_default = 8;

struct changed_files_arguments {
  std::string base = "HEAD";
  std::string repository = ".";
  std::vector<std::string> dependencies;
  std::string dependencies_base;
  changes::selection_options selection;
  double timeout_s = 60;
  std::uint64_t budget_mb = 0;  // 0: by the policy balanced
  std::uint32_t workers = std::clamp(std::thread::hardware_concurrency(), 1U, most_workers_by_default);
  bool json = false;
};

// Those that no other way of warming has.
void add_changed_files_options(CLI::App& command, changed_files_arguments& given);
// --workers, of the page cache alone.
void add_workers_option(CLI::App& command, changed_files_arguments& given);

// What the control API takes for a cache, the strategy's own parameters included where it is asked for. Paths
// are made whole: whoever warms may run in another folder. Throws usage_error for a path that can't be told.
nlohmann::ordered_json request_for(const warm_request_options& given, const changed_files_arguments& changed);

// Exit code 4: a bound ended it before everything was warm; 1: a file could not be read.
exit_code warm_changed_files(const changed_files_arguments& given, console& io);

}  // namespace stoker::cli
