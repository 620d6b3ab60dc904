// A part of a log that is written to, or may be for a while yet.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "apps/feeds/log_part.hpp"

namespace stoker::feeds {

// Of what stands at the path now; empty: nothing does.
std::optional<file_identity> identity_of(const std::filesystem::path& path);

class plain_log final : public log_part {
 public:
  // From its first byte; null: it can't be opened, and errno says why.
  static std::unique_ptr<plain_log> open(const std::filesystem::path& path);
  ~plain_log() override;

  progress read(const line_function& line) override;
  void finish(const line_function& line) override;
  file_position position() const override;

  // False: the position is of other content.
  bool resume(const file_position& from);
  // At what will be written from now on; a line that is half written is passed over.
  void skip_to_end();
  // After a truncation: from its first byte.
  void rewind();
  // When the file was written to last; in doubt later than any.
  std::filesystem::file_time_type written() const;
  const file_identity& identity() const noexcept { return identity_; }

 private:
  plain_log(int descriptor, file_identity identity);
  bool tail_is_there() const;
  std::size_t deliver(std::string_view bytes, const line_function& line);
  void advance(std::string_view bytes);

  const int descriptor_;
  const file_identity identity_;
  std::uint64_t offset_ = 0;  // of the first byte that was not delivered
  read_tail tail_;
  bool in_long_line_ = false;  // what comes before the next line end is passed over
  bool report_long_line_ = false;
  std::string buffer_;
};

}  // namespace stoker::feeds
