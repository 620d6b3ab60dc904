#include "storage/traces/log_format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "storage/traces/shown.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t first_failure = 400;  // status codes from here on are failures

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> seconds_of(std::string_view text) {
  const auto seconds = whole<double>(text);
  return seconds && std::isfinite(*seconds) ? seconds : std::nullopt;
}

// Microseconds, from seconds; of a list ("0.001, 0.002": one request tried several servers) the first. 0: not
// known.
std::uint32_t cost_of(std::string_view text) {
  const auto seconds = seconds_of(text.substr(0, text.find(',')));
  if (!seconds || *seconds <= 0) return 0;
  return static_cast<std::uint32_t>(std::min(*seconds * 1e6, 4e9));
}

std::uint32_t size_of(std::string_view text) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(whole<std::uint64_t>(text).value_or(0), UINT32_MAX));
}

std::optional<unsigned> month_of(std::string_view name) {
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::find(months.begin(), months.end(), name);
  if (found == months.end()) return std::nullopt;
  return static_cast<unsigned>(found - months.begin()) + 1;
}

// "+0100", "-07:00" or "Z" in seconds east of UTC.
std::optional<int> zone_of(std::string_view text) {
  if (text == "Z") return 0;
  std::string digits(text.substr(std::min<std::size_t>(1, text.size())));
  std::erase(digits, ':');
  const auto number = digits.size() == 4 ? whole<int>(digits) : std::nullopt;
  if (!number || *number < 0 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int seconds = (*number / 100) * 3600 + (*number % 100) * 60;
  return text[0] == '-' ? -seconds : seconds;
}

struct calendar_time {
  std::optional<int> year;
  std::optional<unsigned> month;
  std::optional<unsigned> day;
  std::string_view clock;  // "HH:MM:SS"
  std::string_view zone;
};

std::optional<double> seconds_of(const calendar_time& text) {
  const auto& clock = text.clock;
  if (!text.year || !text.month || !text.day || clock.size() != 8 || clock[2] != ':' || clock[5] != ':')
    return std::nullopt;
  const auto hour = whole<unsigned>(clock.substr(0, 2));
  const auto minute = whole<unsigned>(clock.substr(3, 2));
  const auto second = whole<unsigned>(clock.substr(6, 2));
  const auto zone = zone_of(text.zone);
  const std::chrono::year_month_day date{std::chrono::year{*text.year}, std::chrono::month{*text.month},
                                         std::chrono::day{*text.day}};
  if (!date.ok() || !hour || !minute || !second || !zone) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;  // 60: a leap second
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return static_cast<double>(std::int64_t{days} * 86'400 + *hour * 3600 + *minute * 60 + *second - *zone);
}

// "10/Oct/2000:13:55:36 -0700"
std::optional<double> local_time(std::string_view text) {
  if (text.size() < 22 || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[20] != ' ')
    return std::nullopt;
  return seconds_of(calendar_time{whole<int>(text.substr(7, 4)), month_of(text.substr(3, 3)),
                                  whole<unsigned>(text.substr(0, 2)), text.substr(12, 8), text.substr(21)});
}

// "2000-10-10T13:55:36-07:00"
std::optional<double> iso_time(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T') return std::nullopt;
  return seconds_of(calendar_time{whole<int>(text.substr(0, 4)), whole<unsigned>(text.substr(5, 2)),
                                  whole<unsigned>(text.substr(8, 2)), text.substr(11, 8), text.substr(19)});
}

// nginx's words for it. What a cache does not keep, or was told to pass by, it was not asked for.
logged_outcome outcome_of(std::string_view text) {
  static constexpr std::pair<std::string_view, logged_outcome> known[] = {
      {"HIT", logged_outcome::hit},         {"MISS", logged_outcome::miss},
      {"EXPIRED", logged_outcome::miss},    {"STALE", logged_outcome::hit},
      {"UPDATING", logged_outcome::hit},    {"REVALIDATED", logged_outcome::hit},
      {"BYPASS", logged_outcome::bypassed},
  };
  for (const auto& [word, outcome] : known)
    if (text == word) return outcome;
  return logged_outcome::unknown;
}

// "GET /path HTTP/1.1", or without the protocol.
bool split_request(std::string_view request, log_entry& into) {
  const auto space = request.find(' ');
  if (space == 0 || space == std::string_view::npos) return false;
  into.method = request.substr(0, space);
  into.key = request.substr(space + 1);
  if (const auto end = into.key.rfind(" HTTP/"); end != std::string_view::npos)
    into.key = into.key.substr(0, end);
  return !into.key.empty();
}

}  // namespace

// The text of each field that the pattern names; no data: it does not.
struct log_format::raw_values {
  std::array<std::string_view, static_cast<std::size_t>(field::status) + 1> text;

  std::string_view& operator[](field which) { return text[static_cast<std::size_t>(which)]; }
  bool has(field which) const { return text[static_cast<std::size_t>(which)].data() != nullptr; }
};

const log_format& log_format::combined() {
  static const log_format format{
      "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" "
      "\"$http_user_agent\""};
  return format;
}

log_format::field log_format::field_of(std::string_view name) {
  static constexpr std::pair<std::string_view, field> known[] = {
      {"request", field::request},
      {"request_uri", field::key},
      {"uri", field::key},
      {"key", field::key},
      {"request_method", field::method},
      {"time_local", field::time_local},
      {"time_iso8601", field::time_iso8601},
      {"msec", field::seconds},
      {"body_bytes_sent", field::size},
      {"bytes_sent", field::size},
      {"size", field::size},
      {"subject", field::subject},
      {"remote_user", field::user},
      {"remote_addr", field::address},
      {"upstream_response_time", field::upstream_seconds},
      {"request_time", field::request_seconds},
      {"upstream_cache_status", field::cache_status},
      {"status", field::status},
  };
  for (const auto& [text, what] : known)
    if (text == name) return what;
  return field::skipped;
}

log_format::log_format(std::string_view pattern) {
  bool has_key = false;
  auto* text = &before_;
  while (!pattern.empty()) {
    const auto dollar = pattern.find('$');
    *text = pattern.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    if (!pieces_.empty() && text->empty())
      throw std::invalid_argument("log format: nothing stands between $" + pieces_.back().name +
                                  " and the variable after it; where does the one end?");
    pattern.remove_prefix(dollar + 1);
    const bool braces = pattern.starts_with('{');
    if (braces) pattern.remove_prefix(1);
    const auto end = std::find_if_not(pattern.begin(), pattern.end(), is_name);
    auto& added = pieces_.emplace_back();
    added.name.assign(pattern.begin(), end);
    added.what = field_of(added.name);
    pattern.remove_prefix(added.name.size());
    if (braces && pattern.starts_with('}')) pattern.remove_prefix(1);
    text = &added.after;
    has_key = has_key || added.what == field::request || added.what == field::key;
    has_time_ = has_time_ || (added.what >= field::time_local && added.what <= field::seconds);
  }
  if (!has_key)
    throw std::invalid_argument(
        "log format: it names no key; one of $request, $request_uri, $uri and $key is needed");
}

// False: the line does not have the format.
bool log_format::split(std::string_view line, raw_values& into) const {
  if (!line.starts_with(before_)) return false;
  line.remove_prefix(before_.size());
  for (const auto& each : pieces_) {
    const bool last = &each == &pieces_.back();
    auto end = last ? line.size() - std::min(each.after.size(), line.size()) : line.find(each.after);
    if (end == std::string_view::npos || line.substr(end, each.after.size()) != each.after) return false;
    into[each.what] = line.substr(0, end);
    line.remove_prefix(end + each.after.size());
  }
  return true;
}

std::optional<std::string> log_format::parse(std::string_view line, log_entry& into) const {
  raw_values raw;
  into = log_entry{};
  if (!split(line, raw)) return "expected a line of the log's format, found " + shown(line);
  if (raw.has(field::status)) {
    const auto status = whole<std::uint32_t>(raw[field::status]);
    if (!status) return "expected a status such as 200, found " + shown(raw[field::status]);
    into.status = *status;
  }
  if (raw.has(field::request) && !split_request(raw[field::request], into) && into.status < first_failure)
    return "expected a request such as 'GET / HTTP/1.1', found " + shown(raw[field::request]);
  if (raw.has(field::key)) into.key = raw[field::key];
  if (raw.has(field::method)) into.method = raw[field::method];
  if (raw.has(field::time_local)) into.time = local_time(raw[field::time_local]);
  if (raw.has(field::time_iso8601)) into.time = iso_time(raw[field::time_iso8601]);
  if (raw.has(field::seconds)) into.time = seconds_of(raw[field::seconds]);
  if (has_time_ && !into.time) return "expected a time such as 10/Oct/2000:13:55:36 -0700, found another";
  into.size = size_of(raw[field::size]);
  into.subject = raw[field::address];
  if (raw.has(field::user) && raw[field::user] != "-") into.subject = raw[field::user];
  if (raw.has(field::subject)) into.subject = raw[field::subject];
  into.cost_us = cost_of(raw[field::upstream_seconds]);
  if (into.cost_us == 0) into.cost_us = cost_of(raw[field::request_seconds]);
  into.outcome = outcome_of(raw[field::cache_status]);
  return std::nullopt;
}

}  // namespace stoker
