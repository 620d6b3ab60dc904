#include "storage/traces/write_trace.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>

#include "storage/traces/byte_sink.hpp"
#include "storage/traces/csv.hpp"

namespace stoker {

namespace {

constexpr std::size_t flush_bytes = 64 * 1024;  // lines gathered before they go to the compressor

class rows {
 public:
  explicit rows(const trace& recorded) : trace_(recorded) {}

  std::string header() const {
    std::string line;
    if (!trace_.times.empty()) line += "time,";
    if (!trace_.sizes.empty()) line += "size,";
    line += "key";
    if (!trace_.subjects.empty()) line += ",subject";
    return line += '\n';
  }

  void append(std::size_t i, std::string& out) const {
    if (!trace_.times.empty()) fmt::format_to(std::back_inserter(out), "{},", trace_.times[i]);
    if (!trace_.sizes.empty()) fmt::format_to(std::back_inserter(out), "{},", trace_.sizes[i]);
    out += csv_field(trace_.keys[trace_.accesses[i]]);
    if (!trace_.subjects.empty()) (out += ',') += csv_field(trace_.subject_names[trace_.subjects[i]]);
    out += '\n';
  }

 private:
  const trace& trace_;
};

void write_rows(byte_sink& sink, const trace& recorded) {
  const rows lines(recorded);
  std::string buffer = lines.header();
  for (std::size_t i = 0; i < recorded.accesses.size(); ++i) {
    lines.append(i, buffer);
    if (buffer.size() < flush_bytes) continue;
    sink.write(buffer);
    buffer.clear();
  }
  sink.write(buffer);
  sink.finish();
}

}  // namespace

void write_trace(const std::filesystem::path& file, const trace& recorded) {
  const auto sink = create_file(file);
  try {
    write_rows(*sink, recorded);
  } catch (...) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored)) std::filesystem::remove(file, ignored);
    throw;
  }
}

}  // namespace stoker
