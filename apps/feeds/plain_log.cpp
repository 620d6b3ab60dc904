#include "apps/feeds/plain_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace stoker::feeds {

namespace {

constexpr std::size_t read_bytes = 4 * longest_log_line;
constexpr int reads_at_a_time = 16;

file_identity identity_from(const struct stat& found) {
  return {static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino)};
}

}  // namespace

std::optional<file_identity> identity_of(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return identity_from(found);
}

std::unique_ptr<plain_log> plain_log::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return nullptr;
  struct stat found {};
  if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode)) {
    ::close(descriptor);
    errno = EINVAL;
    return nullptr;
  }
  return std::unique_ptr<plain_log>{new plain_log{descriptor, identity_from(found)}};
}

plain_log::plain_log(int descriptor, file_identity identity) : descriptor_(descriptor), identity_(identity) {
  buffer_.resize(read_bytes);
}

plain_log::~plain_log() {
  ::close(descriptor_);
}

file_position plain_log::position() const {
  file_position result{identity_, offset_, 0, 0};
  tail_.fill_in(result);
  return result;
}

std::filesystem::file_time_type plain_log::written() const {
  std::error_code failed;
  const auto time = std::filesystem::last_write_time("/proc/self/fd/" + std::to_string(descriptor_), failed);
  return failed ? std::filesystem::file_time_type::max() : time;
}

bool plain_log::tail_is_there() const {
  const auto& expected = tail_.bytes();
  if (expected.empty()) return true;
  char found[print_size];
  const auto size = static_cast<ssize_t>(expected.size());
  const auto at = static_cast<off_t>(offset_ - expected.size());
  return ::pread(descriptor_, found, expected.size(), at) == size &&
         expected == std::string_view{found, expected.size()};
}

bool plain_log::resume(const file_position& from) {
  if (from.print_bytes > print_size || from.print_bytes > from.offset) return false;
  std::string before(from.print_bytes, '\0');
  const auto at = static_cast<off_t>(from.offset - from.print_bytes);
  if (::pread(descriptor_, before.data(), before.size(), at) != static_cast<ssize_t>(before.size()))
    return false;
  read_tail tail;
  tail.add(before);
  if (from.print_bytes > 0 && tail.print() != from.print) return false;
  offset_ = from.offset;
  tail_ = tail;
  return true;
}

void plain_log::skip_to_end() {
  struct stat found {};
  if (::fstat(descriptor_, &found) != 0 || found.st_size == 0) return;
  offset_ = static_cast<std::uint64_t>(found.st_size);
  std::string before(std::min<std::uint64_t>(offset_, print_size), '\0');
  const auto got =
      ::pread(descriptor_, before.data(), before.size(), static_cast<off_t>(offset_ - before.size()));
  if (got != static_cast<ssize_t>(before.size())) return rewind();
  tail_.add(before);
  in_long_line_ = before.back() != '\n';
}

void plain_log::rewind() {
  offset_ = 0;
  tail_.clear();
  in_long_line_ = false;
  report_long_line_ = false;
}

log_part::progress plain_log::read(const line_function& line) {
  for (int count = 0; count < reads_at_a_time; ++count) {
    const auto got = ::pread(descriptor_, buffer_.data(), buffer_.size(), static_cast<off_t>(offset_));
    // Looked at after reading: what was read while the bytes before it were still there is of the same log.
    if (!tail_is_there()) return progress::truncated;
    if (got <= 0) return count == 0 ? progress::nothing : progress::some;
    const std::string_view bytes{buffer_.data(), static_cast<std::size_t>(got)};
    const auto taken = deliver(bytes, line);
    if (taken == 0) return count == 0 ? progress::nothing : progress::some;
    advance(bytes.substr(0, taken));
  }
  return progress::some;
}

// Returns how much of it is dealt with.
std::size_t plain_log::deliver(std::string_view bytes, const line_function& line) {
  std::size_t at = 0;
  for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n', at)) {
    const auto one = bytes.substr(at, end - at);
    at = end + 1;
    if (std::exchange(in_long_line_, false)) {
      if (std::exchange(report_long_line_, false)) line(std::nullopt);
      continue;
    }
    line(one.size() > longest_log_line ? std::nullopt : std::optional{one});
  }
  if (bytes.size() - at <= longest_log_line && !in_long_line_) return at;
  if (!in_long_line_) report_long_line_ = true;
  in_long_line_ = true;
  return bytes.size();
}

void plain_log::advance(std::string_view bytes) {
  offset_ += bytes.size();
  tail_.add(bytes);
}

void plain_log::finish(const line_function& line) {
  const auto got = ::pread(descriptor_, buffer_.data(), longest_log_line, static_cast<off_t>(offset_));
  if (got <= 0 || in_long_line_ || !tail_is_there()) return;
  const std::string_view rest{buffer_.data(), static_cast<std::size_t>(got)};
  line(rest);
  advance(rest);
}

}  // namespace stoker::feeds
