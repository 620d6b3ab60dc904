// Reads the cold parts of many files into the page cache, with several threads: first every file is opened
// and asked, and the small ones are read at once; then the large ones, in pieces.
//
// Threads: its own, which end before it returns. Errors: an outcome for each file.
#pragma once

#include <string>

#include "storage/caches/files/residency.hpp"
#include "storage/caches/remote_cache.hpp"

namespace stoker {

struct file_to_read {
  std::string path;  // empty: no path that may be read

  remote_outcome outcome{};
  std::vector<cold_part> parts{};  // that were read
  std::string error{};
};

void read_cold(std::span<file_to_read> files, unsigned threads, const count_resident& count,
               remote_cache::steady_deadline deadline);

// A regular file, opened for reading.
class open_file {
 public:
  explicit open_file(const std::string& path);
  ~open_file();
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  explicit operator bool() const noexcept { return number_ >= 0 && problem_ == 0; }
  int number() const noexcept { return number_; }
  std::uint64_t size() const noexcept { return size_; }
  int problem() const noexcept { return problem_; }  // as errno tells it

 private:
  int number_ = -1;
  std::uint64_t size_ = 0;
  int problem_ = 0;
};

}  // namespace stoker
