#include "storage/caches/files/file_reading.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <thread>

namespace stoker {

namespace {

constexpr std::size_t piece_bytes = 1u << 20;
constexpr std::uint64_t largest_small_file = 4u << 20;

using clock = std::chrono::steady_clock;

std::string system_text(int number) {
  char text[128];
  return strerror_r(number, text, sizeof text);
}

trouble trouble_of(int problem) {
  return problem == EACCES || problem == EPERM ? trouble::denied : trouble::rejected;
}

class reading {
 public:
  reading(std::span<file_to_read> files, const count_resident& count, clock::time_point deadline)
      : files_(files), count_(count), deadline_(deadline) {}

  void look_and_read_small() {
    std::string buffer(piece_bytes, '\0');
    for (std::size_t at; (at = next_file_++) < files_.size();) look(files_[at], buffer);
  }
  void read_large() {
    std::string buffer(piece_bytes, '\0');
    for (std::size_t at; (at = next_piece_++) < pieces_.size();) {
      auto& [file, source, range] = pieces_[at];
      if (!read(source->number(), range, buffer)) fail(*file, errno);
    }
  }
  std::size_t pieces() const { return pieces_.size(); }

 private:
  struct piece {
    file_to_read* file;
    std::shared_ptr<open_file> source;
    byte_range range;
  };

  void fail(file_to_read& file, int problem) {
    std::lock_guard guard{lock_};
    const bool late = problem == ETIMEDOUT;
    file.outcome = {fill_result::refused, late ? trouble::timed_out : trouble_of(problem)};
    file.error = file.path + ": " + system_text(problem);
  }

  void look(file_to_read& file, std::string& buffer) {
    if (file.path.empty()) return fail(file, EACCES);
    if (clock::now() >= deadline_) return fail(file, ETIMEDOUT);
    const auto source = std::make_shared<open_file>(file.path);
    if (!*source) return fail(file, source->problem());
    auto parts = cold_parts(source->number(), source->size(), count_);
    if (!parts) return fail(file, EOPNOTSUPP);
    file.parts = std::move(*parts);
    file.outcome = {file.parts.empty() ? fill_result::present : fill_result::stored};
    if (source->size() > largest_small_file) return cut(file, source);
    for (const auto& part : file.parts)
      if (!read(source->number(), part.range, buffer)) return fail(file, errno);
  }

  void cut(file_to_read& file, const std::shared_ptr<open_file>& source) {
    std::lock_guard guard{lock_};
    for (const auto& part : file.parts)
      for (std::uint64_t at = 0; at < part.range.length; at += largest_small_file) {
        const auto length = std::min(largest_small_file, part.range.length - at);
        pieces_.push_back({&file, source, {part.range.offset + at, length}});
      }
  }

  // False: errno says why not.
  bool read(int file, byte_range range, std::string& buffer) const {
    // The device gets the whole of it to do at once.
    ::posix_fadvise(file, static_cast<off_t>(range.offset), static_cast<off_t>(range.length),
                    POSIX_FADV_WILLNEED);
    const auto end = range.offset + range.length;
    for (auto at = range.offset; at < end;) {
      if (clock::now() >= deadline_) {
        errno = ETIMEDOUT;
        return false;
      }
      const auto wanted = std::min<std::uint64_t>(buffer.size(), end - at);
      const auto got = ::pread(file, buffer.data(), wanted, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return false;
      if (got == 0) return true;  // the file became shorter
      at += static_cast<std::uint64_t>(got);
    }
    return true;
  }

  std::span<file_to_read> files_;
  const count_resident& count_;
  const clock::time_point deadline_;
  std::atomic<std::size_t> next_file_{0};
  std::atomic<std::size_t> next_piece_{0};
  std::mutex lock_;
  std::vector<piece> pieces_;
};

// Runs `work` on as many threads as there is work for, this one among them.
template <class Work>
void spread(std::size_t tasks, unsigned threads, Work work) {
  std::vector<std::thread> others;
  const auto wanted = std::min<std::size_t>(tasks, std::max(threads, 1U));
  for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(work);
  work();
  for (auto& other : others) other.join();
}

}  // namespace

open_file::open_file(const std::string& path)
    : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
  struct stat facts {};
  if (number_ < 0 || ::fstat(number_, &facts) != 0) {
    problem_ = errno;
  } else if (!S_ISREG(facts.st_mode)) {
    problem_ = EISDIR;
  } else {
    size_ = static_cast<std::uint64_t>(facts.st_size);
  }
}

open_file::~open_file() {
  if (number_ >= 0) ::close(number_);
}

void read_cold(std::span<file_to_read> files, unsigned threads, const count_resident& count,
               remote_cache::steady_deadline deadline) {
  reading all{files, count, deadline};
  spread(files.size(), threads, [&] { all.look_and_read_small(); });
  spread(all.pieces(), threads, [&] { all.read_large(); });
}

}  // namespace stoker
