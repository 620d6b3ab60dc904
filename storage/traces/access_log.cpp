#include "storage/traces/access_log.hpp"

#include <fmt/format.h>

#include "storage/traces/byte_source.hpp"
#include "storage/traces/key_table.hpp"
#include "storage/traces/line_reader.hpp"

namespace stoker {

namespace {

line_reader open_lines(const std::filesystem::path& file, const trace_limits& limits) {
  try {
    return {decompressed(open_file(file)), limits.record_bytes};
  } catch (const byte_source_error& e) {
    throw trace_error(file.string(), 0, e.what());
  }
}

class log_reader {
 public:
  log_reader(const std::filesystem::path& file, const log_format& format, const trace_limits& limits,
             const request_keys& keys)
      : name_(file.string()),
        format_(format),
        requests_(keys),
        limits_(limits),
        lines_(open_lines(file, limits)) {}

  // Empty: the end.
  std::optional<std::string_view> next_line() {
    try {
      auto line = lines_.next();
      if (line && line->ends_with('\r')) line->remove_suffix(1);
      return line;
    } catch (const byte_source_error& e) {
      fail(std::string("expected the rest of the log, found ") + e.what());
    } catch (const line_too_long&) {
      fail(fmt::format("expected a line of at most {} bytes, found a longer one", limits_.record_bytes));
    }
  }

  trace read() {
    while (const auto line = next_line())
      if (!line->empty()) add(*line);
    result_.keys = std::move(keys_).take();
    result_.subject_names = std::move(subjects_).take();
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw trace_error(name_, lines_.number(), problem);
  }

  void add(std::string_view line) {
    log_entry entry;
    auto problem = format_.parse(line, entry);
    const auto key = problem || !requests_.is_read(entry) ? std::nullopt : requests_.key_of(entry, key_room_);
    if (!problem && !key) {
      ++result_.left_out;
      return;
    }
    if (key) entry.key = *key;
    if (!problem && (entry.key.empty() || entry.key.size() > max_key_bytes))
      problem = fmt::format("expected a key of 1 to {} bytes, found {}", max_key_bytes, entry.key.size());
    if (!problem) return add(entry);
    if (!limits_.skip_malformed) fail(*problem);
    ++result_.malformed;
  }

  void add(const log_entry& entry) {
    if (result_.accesses.size() >= limits_.accesses)
      fail(fmt::format("expected at most {} accesses, found more", limits_.accesses));
    result_.accesses.push_back(keys_.intern(entry.key));
    if (entry.time) result_.times.push_back(*entry.time);
    result_.sizes.push_back(entry.size);
    result_.subjects.push_back(subjects_.intern(entry.subject));
    result_.costs_us.push_back(entry.cost_us);
  }

  std::string name_;
  const log_format& format_;
  const request_keys& requests_;
  std::string key_room_;
  trace_limits limits_;
  line_reader lines_;
  key_table keys_;
  key_table subjects_;
  trace result_;
};

}  // namespace

trace read_access_log(const std::filesystem::path& file, const log_format& format, const trace_limits& limits,
                      const request_keys& keys) {
  return log_reader(file, format, limits, keys).read();
}

bool is_access_log(const std::filesystem::path& file, const log_format& format) {
  log_entry entry;
  const request_keys any;
  log_reader lines(file, format, {}, any);
  const auto first = lines.next_line();
  return first && !format.parse(*first, entry);
}

}  // namespace stoker
