#include "apps/changes/page_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>

namespace stoker::changes {

namespace {

constexpr std::size_t chunk_bytes = 256 * 1024;

class open_file {
 public:
  // No waiting for a pipe that somebody put there.
  explicit open_file(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  ~open_file() {
    if (number_ >= 0) ::close(number_);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

class warming {
 public:
  warming(const std::vector<std::string>& paths, const file_bounds& bounds,
          const std::function<void(std::size_t)>& progress)
      : paths_(paths), bounds_(bounds), progress_(progress), results_(paths.size()), left_(bounds.bytes) {
    for (std::size_t i = 0; i < paths.size(); ++i) results_[i].path = paths[i];
  }

  std::vector<file_result> run() {
    {
      std::vector<std::jthread> workers;
      const auto count = std::clamp<std::size_t>(bounds_.workers, 1, std::max<std::size_t>(1, paths_.size()));
      for (std::size_t i = 0; i < count; ++i) workers.emplace_back([this] { work(); });
    }
    return std::move(results_);
  }

 private:
  void work() {
    const auto buffer = std::make_unique<char[]>(chunk_bytes);
    for (auto next = next_++; next < paths_.size(); next = next_++) {
      if (is_late()) return;
      warm(results_[next], buffer.get());
      std::lock_guard guard{mutex_};
      ++done_;
      if (progress_) progress_(done_);
    }
  }

  bool is_late() const { return std::chrono::steady_clock::now() >= bounds_.deadline; }

  static void fail(file_result& result) {
    result.outcome = file_outcome::failed;
    result.error = std::strerror(errno);
  }

  bool take_budget(std::uint64_t bytes) {
    auto left = left_.load();
    while (bytes <= left)
      if (left_.compare_exchange_weak(left, left - bytes)) return true;
    return false;
  }

  void warm(file_result& result, char* buffer) {
    const open_file file{result.path};
    struct stat found {};
    if (!file.is_open() && errno != ENOENT && errno != ENOTDIR) return fail(result);
    if (!file.is_open() || ::fstat(file.number(), &found) != 0 || !S_ISREG(found.st_mode)) {
      result.outcome = file_outcome::missing;
      return;
    }
    result.bytes = static_cast<std::uint64_t>(found.st_size);
    if (!take_budget(result.bytes)) {
      result.outcome = file_outcome::over_budget;
      return;
    }
    read_all(file, result, buffer);
  }

  void read_all(const open_file& file, file_result& result, char* buffer) {
    bool asked = false;
    for (std::uint64_t at = 0; at < result.bytes;) {
      if (is_late()) return;
      const iovec into{buffer, chunk_bytes};
      const auto offset = static_cast<off_t>(at);
      auto got = ::preadv2(file.number(), &into, 1, offset, RWF_NOWAIT);
      if (got < 0 && (errno == EAGAIN || errno == EOPNOTSUPP)) {
        if (!asked) ::posix_fadvise(file.number(), offset, 0, POSIX_FADV_WILLNEED);
        asked = true;
        got = ::pread(file.number(), buffer, chunk_bytes, offset);
        if (got > 0) result.bytes_read += static_cast<std::uint64_t>(got);
      }
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(result);
      if (got == 0) break;  // it became shorter meanwhile
      at += static_cast<std::uint64_t>(got);
    }
    result.outcome = result.bytes_read > 0 ? file_outcome::warmed : file_outcome::resident;
  }

  const std::vector<std::string>& paths_;
  const file_bounds& bounds_;
  const std::function<void(std::size_t)>& progress_;
  std::vector<file_result> results_;  // each written by one worker
  std::atomic<std::uint64_t> left_;   // of the budget
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;  // of progress
  std::size_t done_ = 0;
};

}  // namespace

const char* to_string(file_outcome outcome) noexcept {
  switch (outcome) {
    case file_outcome::warmed:
      return "warmed";
    case file_outcome::resident:
      return "resident";
    case file_outcome::missing:
      return "missing";
    case file_outcome::over_budget:
      return "over_budget";
    case file_outcome::too_late:
      return "too_late";
    case file_outcome::failed:
      return "failed";
  }
  return "?";
}

std::vector<file_result> warm_files(const std::vector<std::string>& paths, const file_bounds& bounds,
                                    const std::function<void(std::size_t)>& progress) {
  return warming{paths, bounds, progress}.run();
}

}  // namespace stoker::changes
