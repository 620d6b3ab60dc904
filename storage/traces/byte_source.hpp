// A stream of bytes to read once, from front to back: a file, memory, or a decompressor over another stream.
//
// Ownership: a decompressor owns the stream it reads. Threads: one at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

namespace stoker {

// The stream cannot be read on: I/O failed, or compressed bytes are damaged or cut short.
class byte_source_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class byte_source {
 public:
  virtual ~byte_source() = default;
  // Fills a part of `out`, at least one byte; 0: the end. REQUIRES: out is not empty. Throws
  // byte_source_error.
  virtual std::size_t read(std::span<char> out) = 0;
};

// Throws byte_source_error when the file cannot be opened.
std::unique_ptr<byte_source> open_file(const std::filesystem::path& file);

std::unique_ptr<byte_source> from_memory(std::string bytes);

// Looks at the first bytes: gzip (RFC 1952) or zstd (RFC 8878) is decompressed, anything else is passed
// through.
std::unique_ptr<byte_source> decompressed(std::unique_ptr<byte_source> raw);

}  // namespace stoker
