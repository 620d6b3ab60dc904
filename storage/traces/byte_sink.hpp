// A file to write once, from front to back, compressed by its name: .gz, .zst, else plain.
//
// Threads: one at a time. Errors: byte_sink_error from every method.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace stoker {

class byte_sink_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class byte_sink {
 public:
  virtual ~byte_sink() = default;
  virtual void write(std::string_view bytes) = 0;
  // Ends the compressed stream and closes the file. Without it the file is not whole.
  virtual void finish() = 0;
};

std::unique_ptr<byte_sink> create_file(const std::filesystem::path& file);

}  // namespace stoker
