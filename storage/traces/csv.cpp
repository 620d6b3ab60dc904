#include "storage/traces/csv.hpp"

#include <algorithm>

namespace stoker {

namespace {

std::size_t count_quotes(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '"'));
}

}  // namespace

void csv_record::start(std::string_view line) {
  record_.assign(line);
  quotes_ = count_quotes(line);
}

void csv_record::append(std::string_view line) {
  record_ += '\n';
  record_ += line;
  quotes_ += count_quotes(line);
}

bool csv_record::split() {
  fields_.clear();
  std::string_view line = record_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (quotes_ > 0) return split_with_quotes(line);
  split_plain(line);
  return true;
}

void csv_record::split_plain(std::string_view line) {
  while (true) {
    const auto comma = line.find(',');
    fields_.push_back({line.substr(0, comma), false});
    if (comma == std::string_view::npos) return;
    line.remove_prefix(comma + 1);
  }
}

bool csv_record::split_with_quotes(std::string_view line) {
  unquoted_.clear();
  unquoted_.reserve(line.size());
  for (std::size_t position = 0;; ++position) {
    if (!take_field(line, position)) return false;
    if (position == line.size()) return true;
    if (line[position] != ',') return false;
  }
}

// Takes the field that starts at `position`; leaves position behind it.
bool csv_record::take_field(std::string_view line, std::size_t& position) {
  if (position < line.size() && line[position] == '"') return take_quoted_field(line, position);
  const auto text = line.substr(position, line.find(',', position) - position);
  fields_.push_back({text, false});
  position += text.size();
  return text.find('"') == std::string_view::npos;
}

bool csv_record::take_quoted_field(std::string_view line, std::size_t& position) {
  const auto start = unquoted_.size();
  ++position;
  while (true) {
    const auto quote = line.find('"', position);
    if (quote == std::string_view::npos) return false;
    unquoted_ += line.substr(position, quote - position);
    position = quote + 1;
    if (position == line.size() || line[position] != '"') break;
    unquoted_ += '"';
    ++position;
  }
  fields_.push_back({std::string_view(unquoted_).substr(start), true});
  return true;
}

std::string csv_field(std::string_view text) {
  constexpr std::string_view needs_quotes("\",\r\n\0", 5);
  if (text.find_first_of(needs_quotes) == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

}  // namespace stoker
