// Cuts bytes that arrive into lines, of bounded length. Pure.
#pragma once

#include <string>
#include <string_view>

namespace stoker::feeds {

class line_splitter {
 public:
  explicit line_splitter(std::size_t longest) : longest_(longest) {}

  // Tells each whole line, without its end (a carriage return goes, too). False: a line is too long.
  template <class OnLine>
  bool feed(std::string_view bytes, OnLine on_line) {
    buffer_.append(bytes);
    std::string_view left{buffer_};
    for (auto end = left.find('\n'); end != std::string_view::npos; end = left.find('\n')) {
      auto line = left.substr(0, end);
      left.remove_prefix(end + 1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      on_line(line);
    }
    buffer_.erase(0, buffer_.size() - left.size());
    return buffer_.size() <= longest_;
  }

 private:
  const std::size_t longest_;
  std::string buffer_;
};

}  // namespace stoker::feeds
