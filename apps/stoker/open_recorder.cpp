#include "apps/stoker/open_recorder.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace stoker::cli {

namespace {

// What the kernel makes up when it is read: no cache in front of it would mean anything.
constexpr std::array<std::string_view, 3> kernel_folders{"/proc/", "/sys/", "/dev/"};

bool made_by_kernel(const std::string& path) {
  return std::any_of(kernel_folders.begin(), kernel_folders.end(),
                     [&](std::string_view folder) { return path.starts_with(folder); });
}

bool matches_any(const std::vector<std::string>& globs, const std::string& key) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return ::fnmatch(glob.c_str(), key.c_str(), 0) == 0; });
}

// Times are kept in microseconds, as strace gives them; a difference of doubles has stray digits beyond.
double rounded_to_microseconds(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

}  // namespace

open_recorder::open_recorder(recording_options options, file_lookup lookup)
    : options_(std::move(options)), lookup_(std::move(lookup)) {
  while (options_.relative_to.size() > 1 && options_.relative_to.ends_with('/'))
    options_.relative_to.pop_back();
}

void open_recorder::add(const file_open& open) {
  if ((open.use == file_use::write && !options_.writes) || made_by_kernel(open.path)) {
    ++left_out_;
    return;
  }
  const auto file = lookup_(open.path);
  if (!file) {
    ++no_regular_file_;
    return;
  }
  const auto key = key_of(file->path);
  if (!wanted(key)) {
    ++left_out_;
    return;
  }
  if (!first_time_) first_time_ = open.time_seconds;
  trace_.times.push_back(rounded_to_microseconds(open.time_seconds - *first_time_));
  trace_.sizes.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(file->size_bytes, UINT32_MAX)));
  trace_.accesses.push_back(keys_.intern(key));
  trace_.subjects.push_back(subjects_.intern(fmt::format("{}:{}", open.process, open.program)));
}

trace open_recorder::take() && {
  trace_.keys = std::move(keys_).take();
  trace_.subject_names = std::move(subjects_).take();
  return std::move(trace_);
}

std::string open_recorder::key_of(const std::string& path) const {
  const auto& folder = options_.relative_to;
  if (folder.empty() || !path.starts_with(folder + "/")) return path;
  return path.substr(folder.size() + 1);
}

bool open_recorder::wanted(const std::string& key) const {
  if (!options_.include.empty() && !matches_any(options_.include, key)) return false;
  return !matches_any(options_.exclude, key);
}

}  // namespace stoker::cli
