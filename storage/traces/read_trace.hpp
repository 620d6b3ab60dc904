// Reads a recorded trace from a file: text, one key a line, or CSV with a header; plain, gzip or zstd.
//
// Text: every line is one key. CSV (RFC 4180): a header that has `key` and may have `time` (seconds), `size`
// (bytes) and `subject`; other columns are skipped. A file is CSV when its name says .csv (before .gz or
// .zst), or when its first line names `key` beside other columns of a trace and nothing else; anything else
// is text. Compression shows in the first bytes, whatever the name. Lines may end in CR LF; a byte order mark
// is skipped; blank lines may stand at the end only. Keys are opaque bytes: a quoted CSV field may hold any
// byte, a plain line or field no NUL. Order is line order: times may run backwards. Sizes above 4 GiB - 1
// count as that.
//
// Memory: decompression streams; what is held is the trace itself. Threads: none shared.
// Errors: trace_error, and nothing else but std::bad_alloc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "messages/key.hpp"
#include "storage/traces/trace.hpp"

namespace stoker {

class byte_source;

// A trace that cannot be read: what() is "FILE:LINE: expected X, found Y".
class trace_error : public std::runtime_error {
 public:
  // `line` counts from 1; 0: the file as a whole, such as one that cannot be opened.
  trace_error(const std::string& file, std::uint64_t line, const std::string& problem);

  std::uint64_t line() const noexcept { return line_; }

 private:
  std::uint64_t line_;
};

// Bounds on what one trace may hold, and what to do with lines that are no access.
struct trace_limits {
  // Bytes of a line, or of a CSV record with its quoted line ends: the longest key with each quote doubled,
  // and room for the other columns.
  std::size_t record_bytes = 4 * max_key_bytes;
  std::uint64_t accesses = UINT32_MAX;  // ids and positions have 32 bits everywhere behind this
  // Lines that are no access are left out and counted instead of ending the reading. What breaks the file as
  // a whole (its header, its compression, a line without end) still does.
  bool skip_malformed = false;
};

trace read_trace(const std::filesystem::path& file, const trace_limits& limits = {});

// The same from bytes that come from elsewhere; `name` stands in for the file's in the rule above and in
// errors.
trace read_trace(std::unique_ptr<byte_source> bytes, const std::string& name,
                 const trace_limits& limits = {});

}  // namespace stoker
