// Reads the output of `strace -f -ttt -y`, line by line, and tells which files were opened or executed.
//
// A line is "PID SECONDS CALL(ARGUMENTS) = RESULT". Calls of several processes interleave: an unfinished call
// is kept until it is resumed. Paths come out absolute: the result's own descriptor path where strace shows
// it, else the argument, resolved against the directory descriptor or the process's working directory, which
// is followed through chdir, fchdir and fork. Lines that are not understood are skipped and counted. Pure.
// Memory: a record per living process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stoker::cli {

enum class file_use : std::uint8_t { read, write, execute };

struct file_open {
  double time_seconds = 0;    // since the epoch
  std::uint32_t process = 0;  // counts processes and threads from 1, as they appear
  std::string program;        // the last part of the path that the process executed
  std::string path;           // absolute, without "." and ".."
  file_use use = file_use::read;
};

class strace_parser {
 public:
  // `working_directory`: of the command at its start; absolute.
  explicit strace_parser(std::string working_directory);

  // A file that was opened or executed with success; empty for any other line.
  std::optional<file_open> feed(std::string_view line);

  std::uint64_t lines_skipped() const noexcept { return lines_skipped_; }
  std::uint32_t processes() const noexcept { return processes_seen_; }

 private:
  struct process {
    std::uint32_t number = 0;
    std::string program;
    std::string working_directory;
    std::string unfinished;  // a call up to where another process cut in; empty: none
  };
  struct call;  // one whole call, taken apart

  std::optional<file_open> feed_call(process& caller, double time, std::string_view text);
  std::optional<file_open> opened(const process& caller, double time, const call& parts) const;
  std::optional<file_open> executed(process& caller, double time, const call& parts) const;
  void changed_directory(process& caller, const call& parts) const;
  void forked(const process& parent, const call& parts);
  process& process_of(std::uint64_t pid);
  void ended(std::uint64_t pid, std::string_view notice);

  std::string working_directory_;
  std::unordered_map<std::uint64_t, process> living_;  // by pid
  std::uint64_t forking_pid_ =
      0;  // whose fork, not yet finished, a new process most likely comes from; 0: none
  std::uint32_t processes_seen_ = 0;
  std::uint64_t lines_skipped_ = 0;
};

}  // namespace stoker::cli
