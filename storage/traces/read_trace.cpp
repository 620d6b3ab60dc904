#include "storage/traces/read_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "storage/traces/byte_source.hpp"
#include "storage/traces/csv.hpp"
#include "storage/traces/key_table.hpp"
#include "storage/traces/line_reader.hpp"
#include "storage/traces/shown.hpp"

namespace stoker {

namespace {

constexpr std::string_view key_column = "key";
constexpr std::string_view time_column = "time";
constexpr std::string_view size_column = "size";
constexpr std::string_view subject_column = "subject";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// A line that says nothing, in a file that is sound.
struct malformed_line : trace_error {
  using trace_error::trace_error;
};

bool named_csv(const std::string& name) {
  std::filesystem::path path(name);
  if (path.extension() == ".gz" || path.extension() == ".zst") path.replace_extension();
  return path.extension() == ".csv";
}

// True for a first line that is no key but a header: `key` beside other columns of a trace, and nothing else.
bool is_header(const csv_record& record) {
  constexpr std::array known{key_column, time_column, size_column, subject_column};
  bool has_key = false;
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (std::find(known.begin(), known.end(), record.field(i)) == known.end()) return false;
    has_key = has_key || record.field(i) == key_column;
  }
  return has_key && record.size() > 1;
}

class reader {
 public:
  reader(std::unique_ptr<byte_source> bytes, const std::string& name, const trace_limits& limits)
      : name_(name), limits_(limits), lines_(std::move(bytes), limits.record_bytes) {}

  trace read() {
    auto first = next_line();
    if (!first) fail(1, "a key or a CSV header", "an empty file");
    if (first->starts_with(byte_order_mark)) first->remove_prefix(byte_order_mark.size());
    record_.start(*first);
    const bool csv = named_csv(name_) || (!record_.open() && record_.split() && is_header(record_));
    if (csv) {
      read_csv();
    } else {
      read_text(*first);
    }
    result_.keys = std::move(keys_).take();
    result_.subject_names = std::move(subjects_).take();
    return std::move(result_);
  }

 private:
  struct columns {
    std::size_t count = 0;
    std::size_t key = 0;
    std::optional<std::size_t> time;
    std::optional<std::size_t> size;
    std::optional<std::size_t> subject;
  };

  [[noreturn]] void fail(std::uint64_t line, std::string_view expected, const std::string& found) const {
    throw trace_error(name_, line, fmt::format("expected {}, found {}", expected, found));
  }

  [[noreturn]] void reject(std::uint64_t line, std::string_view expected, const std::string& found) const {
    throw malformed_line(name_, line, fmt::format("expected {}, found {}", expected, found));
  }

  // Takes one line in by `step`, or skips it.
  template <class Step>
  void take(Step step) {
    try {
      step();
    } catch (const malformed_line&) {
      if (!limits_.skip_malformed) throw;
      ++result_.malformed;
    }
  }

  std::optional<std::string_view> next_line() {
    try {
      return lines_.next();
    } catch (const byte_source_error& e) {
      fail(lines_.number(), "the rest of the trace", e.what());
    } catch (const line_too_long&) {
      fail_too_long(lines_.number());
    }
  }

  [[noreturn]] void fail_too_long(std::uint64_t line) const {
    fail(line, fmt::format("a line of at most {} bytes", limits_.record_bytes), "a longer one");
  }

  void read_text(std::string_view first) {
    std::optional<std::string_view> line = first;
    for (; line; line = next_line()) {
      if (line->ends_with('\r')) line->remove_suffix(1);
      const auto number = lines_.number();
      if (line->empty() && limits_.skip_malformed) continue;
      if (line->empty()) return expect_only_blank_lines(number, "a key");
      take([&] { add_key(number, *line); });
    }
  }

  void add_key(std::uint64_t number, std::string_view key) {
    if (key.find('\0') != std::string_view::npos) reject(number, "text, one key a line", "a NUL byte");
    check_key(number, key);
    add_access(number, key);
  }

  void read_csv() {
    const auto header = read_header();
    while (auto line = next_line()) {
      const auto number = lines_.number();
      const bool blank = line->empty() || *line == "\r";
      if (blank && limits_.skip_malformed) continue;
      if (blank) return expect_only_blank_lines(number, "a record");
      record_.start(*line);
      take([&] {
        finish_record(number);
        add_record(number, header);
      });
    }
  }

  // Blank lines may stand at the end of a file, not between accesses.
  void expect_only_blank_lines(std::uint64_t first_blank, std::string_view expected) {
    while (auto line = next_line()) {
      if (!line->empty() && *line != "\r") fail(first_blank, expected, "an empty line");
    }
  }

  // REQUIRES: record_ holds the first line.
  columns read_header() {
    finish_record(1);
    columns found;
    found.count = record_.size();
    std::optional<std::size_t> key;
    for (std::size_t i = 0; i < record_.size(); ++i) {
      const auto name = record_.field(i);
      if (name == key_column) place(key, i);
      if (name == time_column) place(found.time, i);
      if (name == size_column) place(found.size, i);
      if (name == subject_column) place(found.subject, i);
    }
    if (!key) fail(1, "a CSV header with the column key", shown(record_text()));
    found.key = *key;
    return found;
  }

  void place(std::optional<std::size_t>& column, std::size_t i) const {
    if (column) fail(1, "each column once", "two columns " + shown(record_.field(i)));
    column = i;
  }

  std::string record_text() const {
    std::string text;
    for (std::size_t i = 0; i < record_.size(); ++i) (text += i > 0 ? "," : "") += record_.field(i);
    return text;
  }

  // Reads on until every quoted field of the record is closed, and splits it.
  void finish_record(std::uint64_t number) {
    while (record_.open()) {
      const auto more = next_line();
      if (!more) fail(number, "a closing quote", "the end of the file");
      record_.append(*more);
      if (record_.bytes() > limits_.record_bytes) fail_too_long(number);
    }
    if (!record_.split()) reject(number, "fields as RFC 4180 writes them", "a quote inside a field");
  }

  void add_record(std::uint64_t number, const columns& header) {
    if (record_.size() != header.count) {
      reject(number, fmt::format("{} fields", header.count), fmt::format("{}", record_.size()));
    }
    const auto key = record_.field(header.key);
    if (!record_.quoted(header.key) && key.find('\0') != std::string_view::npos) {
      reject(number, "a key in quotes where it holds such bytes", "a NUL byte");
    }
    check_key(number, key);
    const auto time = header.time ? parse_time(number, record_.field(*header.time)) : 0;
    const auto size = header.size ? parse_size(number, record_.field(*header.size)) : 0;
    add_access(number, key);
    if (header.time) result_.times.push_back(time);
    if (header.size) result_.sizes.push_back(size);
    if (header.subject) result_.subjects.push_back(subjects_.intern(record_.field(*header.subject)));
  }

  void check_key(std::uint64_t number, std::string_view key) const {
    if (key.empty()) reject(number, "a key", "an empty field");
    if (key.size() > max_key_bytes) {
      reject(number, fmt::format("a key of at most {} bytes", max_key_bytes),
             fmt::format("{} bytes", key.size()));
    }
  }

  void add_access(std::uint64_t number, std::string_view key) {
    if (result_.accesses.size() >= limits_.accesses) {
      fail(number, fmt::format("at most {} accesses", limits_.accesses), "more");
    }
    result_.accesses.push_back(keys_.intern(key));
  }

  double parse_time(std::uint64_t number, std::string_view text) const {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(seconds)) {
      reject(number, "a time in seconds", shown(text));
    }
    return seconds;
  }

  std::uint32_t parse_size(std::uint64_t number, std::string_view text) const {
    std::uint64_t bytes = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error != std::errc() || end != text.data() + text.size())
      reject(number, "a size in bytes", shown(text));
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, UINT32_MAX));
  }

  std::string name_;
  trace_limits limits_;
  line_reader lines_;
  csv_record record_;
  key_table keys_;
  key_table subjects_;
  trace result_;
};

std::string location(const std::string& file, std::uint64_t line) {
  return line == 0 ? file : fmt::format("{}:{}", file, line);
}

}  // namespace

trace_error::trace_error(const std::string& file, std::uint64_t line, const std::string& problem)
    : std::runtime_error(location(file, line) + ": " + problem), line_(line) {}

trace read_trace(const std::filesystem::path& file, const trace_limits& limits) {
  std::unique_ptr<byte_source> bytes;
  try {
    bytes = open_file(file);
  } catch (const byte_source_error& e) {
    throw trace_error(file.string(), 0, e.what());
  }
  return read_trace(std::move(bytes), file.string(), limits);
}

trace read_trace(std::unique_ptr<byte_source> bytes, const std::string& name, const trace_limits& limits) {
  try {
    bytes = decompressed(std::move(bytes));
  } catch (const byte_source_error& e) {  // such as a folder: it opens, but cannot be read
    throw trace_error(name, 0, e.what());
  }
  return reader(std::move(bytes), name, limits).read();
}

}  // namespace stoker
