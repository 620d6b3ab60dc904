// Turns the files that a command opens into a trace: the filter and the naming of `stoker record`. Pure: what
// a file is comes in as a function.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/stoker/strace_parser.hpp"
#include "storage/traces/key_table.hpp"
#include "storage/traces/trace.hpp"

namespace stoker::cli {

struct recording_options {
  // Keys of files in this folder are relative to it; others stay absolute. Empty: all stay absolute.
  std::string relative_to;
  // Globs over keys, where * also matches a slash. Nothing to include means everything; what is excluded is
  // out.
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  bool writes = false;  // also files that are opened for writing alone
};

// A regular file as it is now: its canonical path and its size. Empty: no regular file, or gone.
struct regular_file {
  std::string path;
  std::uint64_t size_bytes = 0;
};
using file_lookup = std::function<std::optional<regular_file>(const std::string& path)>;

class open_recorder {
 public:
  open_recorder(recording_options options, file_lookup lookup);

  void add(const file_open& open);

  // Keys are paths, subjects "NUMBER:PROGRAM", times seconds since the first recorded open. Use it once, at
  // the end.
  trace take() &&;

  std::uint64_t recorded() const noexcept { return trace_.accesses.size(); }
  std::uint64_t left_out() const noexcept { return left_out_; }
  std::uint64_t no_regular_file() const noexcept { return no_regular_file_; }

 private:
  std::string key_of(const std::string& path) const;
  bool wanted(const std::string& key) const;

  recording_options options_;
  file_lookup lookup_;
  trace trace_;
  key_table keys_;
  key_table subjects_;
  std::optional<double> first_time_;
  std::uint64_t left_out_ = 0;         // by the filters
  std::uint64_t no_regular_file_ = 0;  // folders, devices, files that were gone at once
};

}  // namespace stoker::cli
