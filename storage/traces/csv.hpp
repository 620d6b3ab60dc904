// One CSV record after the other, as RFC 4180 says: fields between commas, quoted fields with doubled quotes,
// which may hold commas, quotes and line ends. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stoker {

// Collects the lines of a record and splits it; buffers are reused from record to record.
class csv_record {
 public:
  // Starts a record with a line.
  void start(std::string_view line);
  // Goes on with the next line: a quoted field spans lines.
  void append(std::string_view line);
  // An odd number of quotes so far: the record goes on in the next line.
  bool open() const noexcept { return quotes_ % 2 != 0; }
  // Bytes of the record as it stands in the file.
  std::size_t bytes() const noexcept { return record_.size(); }

  // Splits into fields; a carriage return at the record's end is not part of it. False: a quote where RFC
  // 4180 has none. REQUIRES: !open().
  bool split();

  // Of the last split(), valid until the next start().
  std::size_t size() const noexcept { return fields_.size(); }
  std::string_view field(std::size_t i) const noexcept { return fields_[i].text; }
  bool quoted(std::size_t i) const noexcept { return fields_[i].quoted; }

 private:
  struct piece {
    std::string_view text;
    bool quoted = false;
  };

  void split_plain(std::string_view line);
  bool split_with_quotes(std::string_view line);
  bool take_field(std::string_view line, std::size_t& position);
  bool take_quoted_field(std::string_view line, std::size_t& position);

  std::string record_;    // the record as it stands in the file: plain fields point into it
  std::string unquoted_;  // the text of quoted fields; reserved before use, so that views into it stay valid
  std::vector<piece> fields_;
  std::size_t quotes_ = 0;
};

// The field as it is written in a record: quoted when it has to be.
std::string csv_field(std::string_view text);

}  // namespace stoker
