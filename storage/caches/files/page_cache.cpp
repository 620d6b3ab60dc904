#include "storage/caches/files/page_cache.hpp"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "messages/error.hpp"
#include "storage/caches/files/file_reading.hpp"

namespace stoker {

namespace {

constexpr std::size_t longest_path = 4095;
constexpr std::uint64_t kibibyte = 1024;

// The file of a key; empty: the key is no path, or leads out of the root.
std::string path_of(const std::filesystem::path& root, std::string_view key) {
  if (key.empty() || key.size() > longest_path || key.find('\0') != std::string_view::npos) return {};
  const std::filesystem::path path{key};
  if (root.empty()) return path.string();
  const auto inside = path.lexically_normal();
  if (inside.is_absolute() || *inside.begin() == "..") return {};
  return (root / inside).string();
}

void drop(int file, byte_range range) {
  ::posix_fadvise(file, static_cast<off_t>(range.offset), static_cast<off_t>(range.length),
                  POSIX_FADV_DONTNEED);
}

// A field of /proc/meminfo, in bytes.
std::uint64_t meminfo(const std::string& name) {
  std::ifstream lines{"/proc/meminfo"};
  for (std::string field, unit; lines >> field;) {
    std::uint64_t amount = 0;
    lines >> amount;
    std::getline(lines, unit);
    if (field == name) return amount * kibibyte;
  }
  return 0;
}

std::vector<remote_outcome> unsupported(std::size_t items, outcome_counts& counts) {
  std::vector<remote_outcome> outcomes(items, {fill_result::refused, trouble::unsupported});
  counts.add(outcomes);
  return outcomes;
}

}  // namespace

page_cache::page_cache(page_cache_config config) : config_(std::move(config)) {
  if (config_.readers == 0) throw error{errc::invalid_argument, "files: readers must be 1 or more"};
  if (!config_.root.empty() && !std::filesystem::is_directory(config_.root))
    throw error{errc::invalid_argument, "files: " + config_.root.string() + " is no folder"};
}

std::vector<remote_look> page_cache::contains(keys asked, steady_deadline deadline) {
  std::vector<remote_look> looks(asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (std::chrono::steady_clock::now() >= deadline) {
      looks[i].why = trouble::timed_out;
      continue;
    }
    const auto path = path_of(config_.root, asked[i]);
    const open_file file{path};
    if (path.empty() || (!file && file.problem() != ENOENT)) {
      looks[i].why = path.empty() ? trouble::unsupported : trouble::rejected;
      continue;
    }
    const byte_range whole{0, file.size()};
    const auto resident = file && whole.length > 0 ? config_.count(file.number(), whole) : 0;
    if (!resident) looks[i].why = trouble::unsupported;
    if (resident)
      looks[i].state = file && *resident >= pages_of(whole) ? residency::present : residency::absent;
  }
  std::lock_guard guard{lock_};
  counts_.add(looks);
  return looks;
}

std::vector<remote_value> page_cache::read(keys asked, steady_deadline) {
  std::lock_guard guard{lock_};
  counts_.add(trouble::unsupported, asked.size());
  return {asked.size(), {{residency::unknown, trouble::unsupported}, {}}};
}

std::vector<remote_outcome> page_cache::put(std::span<const remote_entry> entries, steady_deadline) {
  std::lock_guard guard{lock_};
  return unsupported(entries.size(), counts_);
}

remote_token page_cache::begin_fill(std::string_view) {
  return {};
}

std::vector<remote_outcome> page_cache::fill(std::span<const remote_entry> entries,
                                             steady_deadline deadline) {
  std::vector<file_to_read> files;
  files.reserve(entries.size());
  for (const auto& entry : entries) files.push_back({path_of(config_.root, entry.key)});
  read_cold(files, config_.readers, config_.count, deadline);
  std::vector<remote_outcome> outcomes;
  outcomes.reserve(files.size());
  std::lock_guard guard{lock_};
  for (std::size_t i = 0; i < files.size(); ++i) {
    outcomes.push_back(files[i].outcome);
    if (files[i].outcome.result == fill_result::stored) remember(entries[i].key, files[i].parts);
    if (!files[i].error.empty()) error_ = files[i].error;
  }
  counts_.add(outcomes);
  return outcomes;
}

void page_cache::remember(std::string_view key, const std::vector<cold_part>& parts) {
  if (loaded_.size() >= config_.remembered_files && !loaded_.contains(key)) return;
  auto& known = loaded_[std::string{key}];
  for (const auto& part : parts) {
    // A part that held pages before is not Stoker's own.
    if (!part.exact) continue;
    known.ranges.push_back(part.range);
    known.bytes += part.range.length;
    bytes_ += part.range.length;
  }
}

std::vector<remote_token> page_cache::begin_refresh(keys asked, steady_deadline) {
  std::lock_guard guard{lock_};
  counts_.add(trouble::unsupported, asked.size());
  return std::vector<remote_token>(asked.size());
}

std::vector<remote_outcome> page_cache::refresh(std::span<const remote_entry> entries, steady_deadline) {
  std::lock_guard guard{lock_};
  return unsupported(entries.size(), counts_);
}

removed_keys page_cache::invalidate(keys gone, steady_deadline) {
  removed_keys result;
  std::lock_guard guard{lock_};
  for (const auto key : gone) {
    const open_file file{path_of(config_.root, key)};
    if (!file) continue;
    const byte_range whole{0, file.size()};
    const auto before = config_.count(file.number(), whole);
    drop(file.number(), whole);
    const auto after = config_.count(file.number(), whole);
    if (before && after && *after < *before) ++result.removed;
    if (const auto known = loaded_.find(key); known != loaded_.end()) {
      bytes_ -= known->second.bytes;
      loaded_.erase(known);
    }
  }
  return result;
}

bool page_cache::undo(const std::string& key, const brought_in& what) {
  bytes_ -= what.bytes;
  const open_file file{path_of(config_.root, key)};
  if (!file || what.ranges.empty()) return false;
  for (const auto& range : what.ranges) drop(file.number(), range);
  return true;
}

removed_keys page_cache::remove_unused(std::span<const filled_entry> filled, steady_deadline) {
  removed_keys result;
  std::lock_guard guard{lock_};
  for (const auto& one : filled) {
    const auto known = loaded_.find(one.key);
    const bool undone = known != loaded_.end() && undo(known->first, known->second);
    result.removed += undone ? 1 : 0;
    result.gone.push_back(undone);
    if (known != loaded_.end()) loaded_.erase(known);
  }
  return result;
}

trouble page_cache::clear(steady_deadline) {
  std::lock_guard guard{lock_};
  for (const auto& [key, what] : loaded_) undo(key, what);
  loaded_.clear();
  return trouble::none;
}

remote_stats page_cache::stats(steady_deadline) {
  std::lock_guard guard{lock_};
  auto result = counts_.counts();
  result.why = trouble::unsupported;  // of hits and misses the kernel keeps no count
  result.entries = loaded_.size();
  result.bytes = bytes_;
  return result;
}

remote_memory page_cache::memory(steady_deadline) {
  remote_memory result;
  result.limit_bytes = meminfo("MemTotal:");
  result.used_bytes = result.limit_bytes - std::min(result.limit_bytes, meminfo("MemAvailable:"));
  result.evicts = true;
  if (result.limit_bytes == 0) result.why = trouble::unavailable;
  return result;
}

remote_condition page_cache::condition(steady_deadline deadline) {
  constexpr std::size_t sample = 64;  // files that are looked at
  remote_condition result;
  std::lock_guard guard{lock_};
  std::uint64_t expected = 0;
  std::uint64_t found = 0;
  std::size_t looked = 0;
  for (const auto& [key, what] : loaded_) {
    if (looked++ == sample || std::chrono::steady_clock::now() >= deadline) break;
    const open_file file{path_of(config_.root, key)};
    if (!file) continue;
    for (const auto& range : what.ranges) {
      expected += pages_of(range);
      found += config_.count(file.number(), range).value_or(0);
    }
  }
  result.emptied = expected > 0 && found < expected / 10;
  if (result.emptied) {
    ++incarnation_;
    loaded_.clear();
    bytes_ = 0;
  }
  result.entries = loaded_.size();
  result.incarnation = incarnation_;
  return result;
}

remote_capabilities page_cache::capabilities() const {
  remote_capabilities result;
  result.live_set = fence::generation;
  result.live_delete = fence::generation;
  result.own_change = fence::generation;
  result.refresh = fence::none;
  result.loads_by_itself = true;
  result.max_key_bytes = longest_path;
  return result;
}

std::string page_cache::last_error() const {
  std::lock_guard guard{lock_};
  return error_;
}

}  // namespace stoker
