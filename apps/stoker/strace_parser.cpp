#include "apps/stoker/strace_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <utility>
#include <vector>

#include "apps/stoker/strace_syntax.hpp"

namespace stoker::cli {

namespace {

constexpr std::string_view unfinished_mark = "<unfinished ...>";
constexpr std::string_view resumed_mark = " resumed>";

// Takes a number and the blanks behind it off the front of a line.
template <class Number>
std::optional<Number> take_number(std::string_view& line) {
  Number number{};
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return number;
}

bool is_fork(std::string_view name) {
  constexpr std::array names{"clone", "clone3", "fork", "vfork"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string last_part(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

std::string absolute_path(const std::string& path, const std::string& directory) {
  return (std::filesystem::path(directory) / path).lexically_normal().string();
}

// O_RDONLY is 0 and always shown by name, so that looking for the other two is enough.
bool has_flag(std::string_view flags, std::string_view flag) {
  return flags.find(flag) != std::string_view::npos;
}

}  // namespace

struct strace_parser::call {
  strace_call written;

  // Argument i, or nothing where the call has fewer.
  std::string_view argument(std::size_t i) const {
    return i < written.arguments.size() ? written.arguments[i] : std::string_view();
  }
  bool succeeded() const { return strace_success(written.result).has_value(); }

  // The path in argument i, taken as relative to the descriptor in argument i - 1 (if the call has one) or to
  // the caller's working directory.
  std::optional<std::string> path(std::size_t i, bool has_descriptor,
                                  const std::string& working_directory) const {
    const auto text = strace_string(argument(i));
    if (!text) return std::nullopt;
    std::optional<std::string> base;
    if (has_descriptor) base = strace_descriptor_path(argument(i - 1));
    return absolute_path(*text, base.value_or(working_directory));
  }
};

strace_parser::strace_parser(std::string working_directory)
    : working_directory_(std::move(working_directory)) {}

std::optional<file_open> strace_parser::feed(std::string_view line) {
  const auto pid = take_number<std::uint64_t>(line);
  const auto time = pid ? take_number<double>(line) : std::nullopt;
  if (!time) {
    ++lines_skipped_;
    return std::nullopt;
  }
  if (line.starts_with("---")) return std::nullopt;  // a signal
  if (line.starts_with("+++")) {
    ended(*pid, line);
    return std::nullopt;
  }
  auto& caller = process_of(*pid);
  if (line.ends_with(unfinished_mark)) {
    caller.unfinished.assign(line.substr(0, line.size() - unfinished_mark.size()));
    if (is_fork(line.substr(0, line.find('(')))) forking_pid_ = *pid;
    return std::nullopt;
  }
  if (!line.starts_with("<... ")) return feed_call(caller, *time, line);
  const auto mark = line.find(resumed_mark);
  if (mark == std::string_view::npos || caller.unfinished.empty()) {
    ++lines_skipped_;
    return std::nullopt;
  }
  const auto whole =
      std::exchange(caller.unfinished, {}) + std::string(line.substr(mark + resumed_mark.size()));
  return feed_call(caller, *time, whole);
}

std::optional<file_open> strace_parser::feed_call(process& caller, double time, std::string_view text) {
  auto written = parse_strace_call(text);
  if (!written) {
    ++lines_skipped_;
    return std::nullopt;
  }
  const call parts{std::move(*written)};
  const auto name = parts.written.name;
  if (!parts.succeeded()) return std::nullopt;
  if (name.starts_with("open") || name == "creat") return opened(caller, time, parts);
  if (name.starts_with("execve")) return executed(caller, time, parts);
  if (name == "chdir" || name == "fchdir") changed_directory(caller, parts);
  if (is_fork(name)) forked(caller, parts);
  return std::nullopt;
}

std::optional<file_open> strace_parser::opened(const process& caller, double time, const call& parts) const {
  const bool at = parts.written.name.starts_with("openat");
  const std::size_t path_index = at ? 1 : 0;
  auto path = strace_descriptor_path(parts.written.result);
  const bool special = !path && parts.written.result.find('<') != std::string_view::npos;  // pipe, socket
  if (!path && !special) path = parts.path(path_index, at, caller.working_directory);
  if (!path) return std::nullopt;
  const auto flags = parts.argument(path_index + 1);
  if (has_flag(flags, "O_DIRECTORY") || has_flag(flags, "O_PATH")) return std::nullopt;
  const bool writes = has_flag(flags, "O_WRONLY") || parts.written.name == "creat";
  return file_open{time, caller.number, caller.program, *path, writes ? file_use::write : file_use::read};
}

std::optional<file_open> strace_parser::executed(process& caller, double time, const call& parts) const {
  const bool at = parts.written.name == "execveat";
  const auto path = parts.path(at ? 1 : 0, at, caller.working_directory);
  if (!path) return std::nullopt;
  caller.program = last_part(*path);
  return file_open{time, caller.number, caller.program, *path, file_use::execute};
}

void strace_parser::changed_directory(process& caller, const call& parts) const {
  const auto path = parts.written.name == "fchdir" ? strace_descriptor_path(parts.argument(0))
                                                   : parts.path(0, false, caller.working_directory);
  if (path) caller.working_directory = *path;
}

// The child may have been seen before its parent's fork returned: then it has inherited by guess, and what it
// executed since is its own.
void strace_parser::forked(const process& parent, const call& parts) {
  forking_pid_ = 0;
  const auto pid = *strace_success(parts.written.result);
  if (pid == 0 || living_.contains(pid)) return;
  auto child = parent;  // by value: the table may move
  child.unfinished.clear();
  child.number = ++processes_seen_;
  living_.emplace(pid, std::move(child));
}

strace_parser::process& strace_parser::process_of(std::uint64_t pid) {
  if (const auto found = living_.find(pid); found != living_.end()) return found->second;
  process fresh{
      .number = ++processes_seen_, .program = {}, .working_directory = working_directory_, .unfinished = {}};
  if (const auto parent = living_.find(forking_pid_); parent != living_.end()) {
    fresh.program = parent->second.program;
    fresh.working_directory = parent->second.working_directory;
  }
  return living_.emplace(pid, std::move(fresh)).first->second;
}

// "+++ exited with 0 +++", "+++ killed by SIGTERM +++", or "+++ superseded by execve in pid 7 +++": thread 7
// called execve and goes on under this pid.
void strace_parser::ended(std::uint64_t pid, std::string_view notice) {
  constexpr std::string_view superseded = "+++ superseded by execve in pid ";
  living_.erase(pid);
  if (!notice.starts_with(superseded)) return;
  notice.remove_prefix(superseded.size());
  const auto thread = take_number<std::uint64_t>(notice);
  if (!thread) return;
  if (auto successor = living_.extract(*thread)) {
    successor.key() = pid;
    living_.insert(std::move(successor));
  }
}

}  // namespace stoker::cli
