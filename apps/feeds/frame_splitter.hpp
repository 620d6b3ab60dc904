// Cuts what arrives on a connection into frames (messages/access_frame.hpp). Pure.
//
// Memory: one frame at most, and what one read brought. Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stoker::feeds {

class frame_splitter {
 public:
  // REQUIRES: next() has been called until it gave nothing, and problem() is empty.
  void feed(std::string_view bytes);

  // The body of the next whole frame, valid until feed() is called; empty: more bytes are needed, or what
  // came is no frame.
  std::optional<std::string_view> next();

  // Why what came is no frame; empty: nothing is wrong so far.
  const std::string& problem() const noexcept { return problem_; }
  // A frame has begun and is not whole.
  bool in_frame() const noexcept { return buffer_.size() > at_; }

 private:
  std::string buffer_;
  std::size_t at_ = 0;  // of the first byte that was not given out
  std::string problem_;
};

}  // namespace stoker::feeds
