// A part of a log that was compressed when it was rotated away (.gz, .zst): it is complete.
#pragma once

#include <filesystem>
#include <memory>

#include "apps/feeds/log_part.hpp"
#include "storage/traces/line_reader.hpp"

namespace stoker::feeds {

bool is_packed(const std::filesystem::path& path);

class packed_log final : public log_part {
 public:
  // Reads up to the position; null: it can't be read, or the position is of other content. Its identity is
  // not looked at: a log that is compressed becomes another file.
  static std::unique_ptr<packed_log> open(const std::filesystem::path& path, const file_position& from);

  progress read(const line_function& line) override;
  void finish(const line_function&) override {}
  file_position position() const override;

 private:
  packed_log(std::unique_ptr<byte_source> bytes, file_identity identity, std::uint64_t offset,
             read_tail tail);

  line_reader lines_;
  file_identity identity_;
  std::uint64_t offset_;
  read_tail tail_;
};

}  // namespace stoker::feeds
