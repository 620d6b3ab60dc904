#include "apps/feeds/rotated_logs.hpp"

#include <algorithm>
#include <system_error>

#include "apps/feeds/packed_log.hpp"
#include "apps/feeds/plain_log.hpp"

namespace stoker::feeds {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_files = 1000;

bool is_rotated_name(std::string_view name, std::string_view log) {
  if (!name.starts_with(log)) return false;
  name.remove_prefix(log.size());
  return name.size() >= 2 && (name[0] == '.' || name[0] == '-' || name[0] == '_') && name[1] >= '0' &&
         name[1] <= '9';
}

bool has_plain_twin(const fs::path& path) {
  auto plain = path;
  std::error_code none;
  return is_packed(path) && fs::exists(plain.replace_extension(), none);
}

}  // namespace

std::vector<rotated_log> rotated_logs(const fs::path& log) {
  std::vector<rotated_log> found;
  const auto folder = log.has_parent_path() ? log.parent_path() : fs::path{"."};
  const auto name = log.filename().string();
  std::error_code problem;
  for (fs::directory_iterator at{folder, problem}, end; !problem && at != end; at.increment(problem)) {
    std::error_code unreadable;
    if (!is_rotated_name(at->path().filename().string(), name) || !at->is_regular_file(unreadable)) continue;
    const auto written = at->last_write_time(unreadable);
    if (!unreadable && !has_plain_twin(at->path())) found.push_back({at->path(), written});
  }
  std::sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
    return left.written != right.written ? left.written > right.written : left.path < right.path;
  });
  if (found.size() > most_files) found.resize(most_files);
  return found;
}

std::unique_ptr<log_part> open_part(const fs::path& path, const file_position& from) {
  if (is_packed(path)) return packed_log::open(path, from);
  auto plain = plain_log::open(path);
  if (!plain || !plain->resume(from)) return nullptr;
  return plain;
}

found_part find_part(const fs::path& log, const file_position& from) {
  const auto files = rotated_logs(log);
  for (const auto& each : files)
    if (identity_of(each.path) == from.file)
      if (auto part = open_part(each.path, from)) return {std::move(part), each.written};
  // At the very beginning every file would do.
  if (from.print_bytes == 0) return {};
  for (const auto& each : files)
    if (auto part = open_part(each.path, from)) return {std::move(part), each.written};
  return {};
}

}  // namespace stoker::feeds
