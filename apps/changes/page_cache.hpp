// Warms the kernel's page cache: reads files in this process, within bounds of bytes and time.
//
// What is resident already is found out by reads that don't wait (RWF_NOWAIT), for mincore tells an
// unprivileged process nothing of foreign files; the rest is asked of the kernel ahead of the reads that wait
// for it. Threads: warm_files() has its own, and returns when they have ended. A read that hangs in the
// kernel can't be stopped: then it returns late.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace stoker::changes {

struct file_bounds {
  std::uint64_t bytes = 0;  // of files altogether, resident ones included
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::uint32_t workers = 4;
};

enum class file_outcome : std::uint8_t {
  warmed,
  resident,  // it was there already
  missing,   // no such file, or no regular one: a stale dependency
  over_budget,
  too_late,  // the deadline passed before it was read to its end
  failed,
};

const char* to_string(file_outcome outcome) noexcept;

struct file_result {
  std::string path{};
  file_outcome outcome = file_outcome::too_late;
  std::uint64_t bytes = 0;       // of the file
  std::uint64_t bytes_read = 0;  // that were not resident
  std::string error{};           // of failed
};

// One result a path, in their order. Files are begun in this order, and each takes its bytes of the budget
// when it is begun. `progress` is called by any of the threads, one at a time, with how many are done.
std::vector<file_result> warm_files(const std::vector<std::string>& paths, const file_bounds& bounds,
                                    const std::function<void(std::size_t)>& progress = {});

}  // namespace stoker::changes
