// Splits a byte stream into lines of bounded length, and counts them.
//
// Ownership: owns the stream. A line is valid until the next call. Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "storage/traces/byte_source.hpp"

namespace stoker {

class line_too_long : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class line_reader {
 public:
  // Lines longer than `max_line_bytes` throw line_too_long.
  line_reader(std::unique_ptr<byte_source> bytes, std::size_t max_line_bytes);

  // The next line without its line feed (a carriage return stays); empty: the end. A last line may lack its
  // line feed. Throws line_too_long, byte_source_error.
  std::optional<std::string_view> next();

  // The line that next() gave last, or failed at: counts from 1.
  std::uint64_t number() const noexcept { return number_; }

 private:
  bool refill();
  std::string_view take(std::size_t bytes, std::size_t terminator_bytes);

  std::unique_ptr<byte_source> bytes_;
  std::size_t max_line_bytes_;
  std::vector<char> buffer_;  // [begin_, end_) is read and not given out yet
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t number_ = 0;
};

}  // namespace stoker
