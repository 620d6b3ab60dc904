#include "apps/feeds/frame_splitter.hpp"

#include "messages/access_frame.hpp"

namespace stoker::feeds {

namespace {

// A connection that is quiet gives back what a large frame took.
constexpr std::size_t kept_bytes = 64 * 1024;

}  // namespace

void frame_splitter::feed(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  if (buffer_.empty() && buffer_.capacity() > 2 * kept_bytes && bytes.size() < kept_bytes)
    buffer_ = std::string{};
  buffer_.append(bytes);
}

std::optional<std::string_view> frame_splitter::next() {
  const auto left = std::string_view{buffer_}.substr(at_);
  if (left.size() < frame_header_bytes) return std::nullopt;
  const auto size = frame_body_bytes(left);
  if (size == 0 || size > max_frame_bytes) {
    problem_ = "a frame of " + std::to_string(size) + " bytes; 1 to " + std::to_string(max_frame_bytes) +
               " are possible";
    return std::nullopt;
  }
  if (left.size() - frame_header_bytes < size) return std::nullopt;
  at_ += frame_header_bytes + size;
  return left.substr(frame_header_bytes, size);
}

}  // namespace stoker::feeds
