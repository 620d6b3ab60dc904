#include "storage/traces/line_reader.hpp"

#include <algorithm>
#include <cstring>

namespace stoker {

namespace {

constexpr std::size_t least_buffer_bytes = 64 * 1024;  // one read serves thousands of short lines

}  // namespace

// Twice the longest line: a line in the making always fits after it was moved to the front.
line_reader::line_reader(std::unique_ptr<byte_source> bytes, std::size_t max_line_bytes)
    : bytes_(std::move(bytes)),
      max_line_bytes_(max_line_bytes),
      buffer_(std::max(least_buffer_bytes, 2 * max_line_bytes + 2)) {}

std::optional<std::string_view> line_reader::next() {
  ++number_;
  std::size_t searched = 0;
  while (true) {
    const auto* start = buffer_.data() + begin_;
    if (const auto* found = std::memchr(start + searched, '\n', end_ - begin_ - searched)) {
      return take(static_cast<std::size_t>(static_cast<const char*>(found) - start), 1);
    }
    searched = end_ - begin_;
    if (searched > max_line_bytes_) throw line_too_long("");
    if (refill()) continue;
    if (searched == 0) return std::nullopt;
    return take(searched, 0);
  }
}

bool line_reader::refill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const auto got = bytes_->read(std::span(buffer_).subspan(end_));
  end_ += got;
  return got > 0;
}

std::string_view line_reader::take(std::size_t bytes, std::size_t terminator_bytes) {
  if (bytes > max_line_bytes_) throw line_too_long("");
  const std::string_view line(buffer_.data() + begin_, bytes);
  begin_ += bytes + terminator_bytes;
  return line;
}

}  // namespace stoker
