// A file that holds a part of a log: the one that is written to, one that was rotated away, or a compressed
// one. It is read line by line, and its position can be kept and found again.
//
// A position is known by the file's identity and by a print of the bytes before it: identities are given
// again by file systems, and a file that was truncated and written anew keeps its own.
//
// Threads: one at a time. Ownership: owns its descriptor.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "messages/key.hpp"

namespace stoker::feeds {

struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const file_identity&) const = default;
};

// Of what has been read: the next byte is at `offset`, of a compressed file in its decompressed bytes.
struct file_position {
  file_identity file;
  std::uint64_t offset = 0;
  std::uint64_t print = 0;        // hash of the bytes before the offset
  std::uint32_t print_bytes = 0;  // how many of them: at most print_size
  bool operator==(const file_position&) const = default;
};

inline constexpr std::size_t print_size = 256;

// Told each whole line, without its end; the empty optional stands for one that is too long.
using line_function = std::function<void(std::optional<std::string_view> line)>;

inline constexpr std::size_t longest_log_line = 64 * 1024;

// The last bytes that were read, for the print.
class read_tail {
 public:
  void add(std::string_view bytes) {
    bytes_.append(bytes.substr(bytes.size() - std::min(bytes.size(), print_size)));
    if (bytes_.size() > print_size) bytes_.erase(0, bytes_.size() - print_size);
  }
  void clear() noexcept { bytes_.clear(); }
  const std::string& bytes() const noexcept { return bytes_; }
  std::uint64_t print() const noexcept { return hash_key(bytes_); }
  void fill_in(file_position& position) const {
    position.print = print();
    position.print_bytes = static_cast<std::uint32_t>(bytes_.size());
  }

 private:
  std::string bytes_;
};

class log_part {
 public:
  enum class progress : std::uint8_t {
    nothing,    // no whole line is there
    some,       // and more may be there at once
    truncated,  // the file was emptied, and maybe written anew: what was there is elsewhere, if anywhere
    complete,   // nothing will ever be added
  };

  virtual ~log_part() = default;

  // Reads at most a few megabytes.
  virtual progress read(const line_function& line) = 0;
  // The rest, a last line that has no end.
  virtual void finish(const line_function& line) = 0;
  virtual file_position position() const = 0;
};

}  // namespace stoker::feeds
