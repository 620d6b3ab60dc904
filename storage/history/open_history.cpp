#include "storage/history/open_history.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "messages/error.hpp"
#include "storage/history/memory_history.hpp"
#include "storage/history/rocks_history.hpp"

namespace stoker {

namespace fs = std::filesystem;

namespace {

opened_history in_memory(const std::string& folder, const std::string& why) {
  return {std::make_shared<memory_history>(), history_state::in_memory, folder, why};
}

// Whether files can be made in the folder: tried, for permission bits say nothing to root or on a read-only
// mount.
std::string problem_of_writing(const fs::path& folder) {
  auto probe = (folder / "stoker-probe").string();
  int file = ::open(probe.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return std::strerror(errno);
  ::close(file);
  ::unlink(probe.c_str());
  return {};
}

bool is_database_file(const std::string& name) {
  static constexpr std::array exact{"LOCK", "LOG", "IDENTITY", "CURRENT"};
  static constexpr std::array prefixes{"LOG.old.", "MANIFEST-", "OPTIONS-"};
  static constexpr std::array suffixes{".log", ".sst", ".dbtmp"};
  auto starts = [&](const char* prefix) { return name.starts_with(prefix); };
  auto ends = [&](const char* suffix) { return name.ends_with(suffix); };
  return std::find(exact.begin(), exact.end(), name) != exact.end() ||
         std::any_of(prefixes.begin(), prefixes.end(), starts) ||
         std::any_of(suffixes.begin(), suffixes.end(), ends);
}

enum class content { nothing, database, headless_database, foreign };

// Looks into the folder before RocksDB does: it would make a new database among somebody's files, and in
// place of one that lost its CURRENT file, whose tables it would then delete.
content look_into(const fs::path& folder) {
  bool has_tables = false;
  bool has_foreign = false;
  for (const auto& file : fs::directory_iterator{folder}) {
    auto name = file.path().filename().string();
    if (name == "CURRENT") return content::database;
    has_tables = has_tables || name.ends_with(".sst");
    has_foreign = has_foreign || !is_database_file(name);
  }
  if (has_tables) return content::headless_database;
  return has_foreign ? content::foreign : content::nothing;
}

// Moves what can't be read out of the way, and returns where it went.
fs::path set_aside(const fs::path& folder) {
  for (int n = 1;; ++n) {
    fs::path aside = folder.string() + ".unreadable-" + std::to_string(n);
    if (fs::exists(fs::symlink_status(aside))) continue;
    fs::rename(folder, aside);
    return aside;
  }
}

// Throws for what neither another folder nor memory would put right.
void refuse(rocks_history::failure why, const std::string& folder, const std::string& reason) {
  if (why == rocks_history::failure::locked)
    throw error{errc::busy,
                "history folder " + folder +
                    " is in use by another engine: stop that one, or give this one a folder of its own (" +
                    reason + ")"};
  if (why == rocks_history::failure::foreign)
    throw error{errc::invalid_argument, "history folder " + folder +
                                            " holds something that is not Stoker's (" + reason +
                                            "): give Stoker a folder of its own"};
}

std::string unusable(const std::string& folder, const std::string& reason) {
  return "history folder " + folder + " can't be used (" + reason +
         "): what is learned is kept in memory and will be lost when the process ends";
}

opened_history replace_unreadable(const fs::path& folder, const std::string& reason) {
  auto aside = set_aside(folder);
  auto detail = "the history in " + folder.string() + " can't be read (" + reason + "): it was moved to " +
                aside.string() + ", and a new one was started";
  fs::create_directories(folder);
  auto fresh = rocks_history::open(folder.string(), 0);
  if (!fresh.store)
    return in_memory(folder.string(), detail + "; " + unusable(folder.string(), fresh.reason));
  return {std::move(fresh.store), history_state::set_aside, folder.string(), detail};
}

opened_history open_folder(const fs::path& folder) {
  if (fs::exists(folder) && !fs::is_directory(folder))
    return replace_unreadable(folder, "it is not a folder");
  fs::create_directories(folder);
  if (auto problem = problem_of_writing(folder); !problem.empty())
    return in_memory(folder.string(), unusable(folder.string(), problem));
  switch (look_into(folder)) {
    case content::foreign:
      refuse(rocks_history::failure::foreign, folder.string(), "other files");
      break;
    case content::headless_database:
      return replace_unreadable(folder, "its CURRENT file is missing");
    case content::nothing:
    case content::database:
      break;
  }
  auto opened = rocks_history::open(folder.string(), verified_history_bytes);
  refuse(opened.why, folder.string(), opened.reason);
  if (opened.why == rocks_history::failure::unreadable) return replace_unreadable(folder, opened.reason);
  if (!opened.store) return in_memory(folder.string(), unusable(folder.string(), opened.reason));
  return {std::move(opened.store), opened.created ? history_state::created : history_state::opened,
          folder.string(), ""};
}

// "history/" and "history" are one folder, and its neighbour is "history.unreadable-1".
fs::path without_trailing_slash(const std::string& folder) {
  fs::path path{folder};
  return path.has_filename() ? path : path.parent_path();
}

}  // namespace

opened_history open_history(const history_config& config) {
  if (config.folder.empty()) return in_memory("", "");
  try {
    return open_folder(without_trailing_slash(config.folder));
  } catch (const fs::filesystem_error& problem) {
    return in_memory(config.folder, unusable(config.folder, problem.code().message()));
  }
}

}  // namespace stoker
