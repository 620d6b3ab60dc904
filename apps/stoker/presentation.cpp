#include "apps/stoker/presentation.hpp"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace stoker::cli {

namespace {

const std::string unknown = "-";
constexpr std::string_view column_gap = "  ";

const char* code_of(tone which) {
  switch (which) {
    case tone::good:
      return "\x1b[32m";
    case tone::warning:
      return "\x1b[33m";
    case tone::bad:
      return "\x1b[31m";
    case tone::quiet:
      return "\x1b[2m";
    case tone::strong:
      return "\x1b[1m";
  }
  return "";
}

std::string seconds_text(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.0f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 90) return fmt::format("{:.{}f} s", seconds, seconds < 10 ? 1 : 0);
  if (seconds < 90 * 60) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{:.1f} h", seconds / 3600);
  return fmt::format("{:.1f} d", seconds / 86400);
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

std::string palette::operator()(tone which, std::string_view text) const {
  return colours_ ? fmt::format("{}{}\x1b[0m", code_of(which), text) : std::string{text};
}

std::size_t shown_width(std::string_view text) {
  std::size_t width = 0;
  bool in_escape = false;
  for (const char c : text) {
    if (c == '\x1b') in_escape = true;
    if (!in_escape && !is_continuation(c)) ++width;
    if (in_escape && c == 'm') in_escape = false;
  }
  return width;
}

text_table::text_table(std::vector<std::string> heads) {
  for (auto& head : heads) {
    right_.push_back(head.starts_with('>'));
    if (right_.back()) head.erase(0, 1);
  }
  rows_.push_back(std::move(heads));
}

void text_table::add(std::vector<std::string> cells) {
  cells.resize(right_.size());
  rows_.push_back(std::move(cells));
}

std::string text_table::text(const palette& paint) const {
  std::vector<std::size_t> widths(right_.size());
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], shown_width(row[i]));
  std::string all;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto padding = std::string(widths[i] - shown_width(row[i]), ' ');
      if (i > 0) line += column_gap;
      line += right_[i] ? padding + row[i] : i + 1 == row.size() ? row[i] : row[i] + padding;
    }
    while (line.ends_with(' ')) line.pop_back();
    all += (&row == &rows_.front() ? paint(tone::quiet, line) : line) + '\n';
  }
  return all;
}

std::string count_text(const nlohmann::ordered_json& figure) {
  if (!figure.is_number()) return unknown;
  auto digits = fmt::format("{:.0f}", figure.get<double>());
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (digits.front() == '-' ? 1 : 0);
       at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

std::string bytes_text(const nlohmann::ordered_json& bytes) {
  if (!bytes.is_number()) return unknown;
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = bytes.get<double>();
  std::size_t unit = 0;
  for (; std::abs(value) >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, units[unit]);
}

std::string ratio_text(const nlohmann::ordered_json& fraction) {
  return fraction.is_number() ? fmt::format("{:.1f} %", 100 * fraction.get<double>()) : unknown;
}

std::string points_text(const nlohmann::ordered_json& fraction) {
  return fraction.is_number() ? fmt::format("{:+.1f} points", 100 * fraction.get<double>()) : unknown;
}

std::string duration_text(const nlohmann::ordered_json& seconds) {
  return seconds.is_number() ? seconds_text(seconds.get<double>()) : unknown;
}

std::string when_text(const nlohmann::ordered_json& at, const nlohmann::ordered_json& now) {
  absl::Time then, current;
  std::string mistake;
  if (!at.is_string()) return "never";
  if (!now.is_string() || !absl::ParseTime(absl::RFC3339_full, now.get<std::string>(), &current, &mistake) ||
      !absl::ParseTime(absl::RFC3339_full, at.get<std::string>(), &then, &mistake))
    return at.get<std::string>();
  const auto seconds = absl::ToDoubleSeconds(then - current);
  if (std::abs(seconds) < 1) return "now";
  return seconds > 0 ? "in " + seconds_text(seconds) : seconds_text(-seconds) + " ago";
}

std::string due_text(const nlohmann::ordered_json& at, const nlohmann::ordered_json& now) {
  const auto text = when_text(at, now);
  return text.ends_with(" ago") ? "now" : text;
}

std::string clean_text(std::string_view text, std::size_t most) {
  std::string result;
  std::size_t shown = 0;
  for (const char c : text) {
    if (!is_continuation(c) && ++shown > most) return result + "...";
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      result += fmt::format("\\x{:02x}", byte);
    else
      result += c;
  }
  return result;
}

std::string key_text(const nlohmann::ordered_json& item, std::size_t most) {
  if (item.is_string()) return clean_text(item.get<std::string>(), most);
  if (!item.is_object()) return unknown;
  if (item.contains("key") && item.at("key").is_string())
    return clean_text(item.at("key").get<std::string>(), most);
  if (item.contains("key_base64") && item.at("key_base64").is_string())
    return clean_text("base64:" + item.at("key_base64").get<std::string>(), most);
  return unknown;
}

std::string bar_text(double share, std::size_t width) {
  const auto room = width < 2 ? 0 : width - 2;
  const auto full =
      static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(room)));
  return "[" + std::string(full, '#') + std::string(room - full, '-') + "]";
}

}  // namespace stoker::cli
