#include "apps/stoker/top_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "apps/stoker/daemon_client.hpp"
#include "apps/stoker/status_report.hpp"

namespace stoker::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t remembered = 30;  // intervals of a sparkline
constexpr std::size_t pressure_bar_width = 20;
constexpr std::size_t run_bar_width = 30;
constexpr std::size_t narrowest_key = 20;
constexpr std::size_t beside_a_key = 48;  // columns of its figures

// Cut to the width, without cutting a character or a colour in two; colours end with the line.
std::string cut(const std::string& line, std::size_t columns) {
  if (shown_width(line) <= columns) return line;
  std::string result;
  std::size_t shown = 0;
  bool in_escape = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const auto continues = (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80;
    if (line[at] == '\x1b') in_escape = true;
    if (!in_escape && !continues && ++shown > columns) break;
    result += line[at];
    if (in_escape && line[at] == 'm') in_escape = false;
  }
  return line.find('\x1b') == std::string::npos ? result : result + "\x1b[0m";
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t from = 0;
  for (auto to = text.find('\n'); to != std::string::npos; to = text.find('\n', from)) {
    lines.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return lines;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

tone tone_of_level(const std::string& level) {
  if (level == "critical" || level == "high") return tone::bad;
  return level == "moderate" ? tone::warning : tone::good;
}

}  // namespace

std::string sparkline(const std::deque<double>& fractions) {
  static constexpr std::array<const char*, 8> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string text;
  for (const auto fraction : fractions)
    text += fraction < 0 ? " "
                         : blocks[static_cast<std::size_t>(std::lround(
                               std::clamp(fraction, 0.0, 1.0) * static_cast<double>(blocks.size() - 1)))];
  return text;
}

void top_view::status(json latest) {
  status_ = std::move(latest);
  for (const auto& cache : field(status_, "caches")) note_pace(cache);
}

void top_view::note_pace(const json& cache) {
  const auto [found, first] = paces_.try_emplace(text_of(cache, "cache"));
  auto& of_cache = found->second;
  const auto hits = number_of(cache, "hits");
  const auto misses = number_of(cache, "misses");
  const auto new_hits = std::max(0.0, hits - of_cache.hits);  // a restart counts from nothing again
  const auto new_misses = std::max(0.0, misses - of_cache.misses);
  of_cache.hits = hits;
  of_cache.misses = misses;
  if (first) return;
  of_cache.requests = new_hits + new_misses;
  of_cache.hit_ratios.push_back(of_cache.requests == 0 ? -1 : new_hits / of_cache.requests);
  if (of_cache.hit_ratios.size() > remembered) of_cache.hit_ratios.pop_front();
}

void top_view::hot_keys(json keys) {
  keys_ = std::move(keys);
  no_keys_because_.clear();
}

void top_view::no_hot_keys(std::string why) {
  keys_ = json::array();
  no_keys_because_ = std::move(why);
}

std::string top_view::selected() const {
  const auto& caches = field(status_, "caches");
  if (!caches.is_array() || caches.empty()) return {};
  return text_of(caches.at(selected_ % caches.size()), "cache");
}

void top_view::select_next() {
  ++selected_;
}

std::vector<std::string> top_view::heading(const palette& paint) const {
  const auto& memory = field(status_, "memory");
  const auto level = text_of(memory, "level");
  const auto running = flag_of(field(status_, "scheduler"), "running");
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{}  {}  background warming is {}", paint(tone::strong, "Stoker " + server_),
                              text_of(status_, "at"), running ? "running" : "stopped"));
  lines.push_back(fmt::format(
      "pressure {} {} {}; warming may take {}, {} leased", paint(tone_of_level(level), level),
      bar_text(number_of(memory, "used_share"), pressure_bar_width), ratio_text(field(memory, "used_share")),
      bytes_text(field(field(status_, "arbiter"), "budget_bytes")),
      bytes_text(field(field(status_, "arbiter"), "leased_bytes"))));
  for (const auto& name : field(status_, "missing"))
    lines.push_back(paint(tone::bad, clean_text(name.get<std::string>()) + " does not answer"));
  return lines;
}

std::vector<std::string> top_view::cache_lines(std::size_t columns, const palette& paint) const {
  text_table table{
      {"", "cache", ">lookups", ">hit ratio", ">steady", ">entries", ">memory", columns > 110 ? "hits" : ""}};
  for (const auto& cache : field(status_, "caches")) {
    const auto name = text_of(cache, "cache");
    const auto& lately = paces_.at(name);
    const auto live = lately.hit_ratios.empty() || lately.hit_ratios.back() < 0
                          ? field(cache, "recent_hit_ratio")
                          : json(lately.hit_ratios.back());
    table.add({name == selected() ? ">" : "", clean_text(name), count_text(lately.requests), ratio_text(live),
               ratio_text(field(cache, "steady_hit_ratio")), count_text(field(cache, "entries")),
               bytes_text(field(cache, "bytes")), columns > 110 ? sparkline(lately.hit_ratios) : ""});
  }
  return lines_of(table.text(paint));
}

std::vector<std::string> top_view::run_lines(const palette& paint) const {
  std::vector<std::string> lines;
  for (const auto& warmer : field(status_, "warmers")) {
    if (number_of(warmer, "active_run") == 0) continue;
    const auto& progress = field(warmer, "progress");
    const auto total = number_of(progress, "total");
    lines.push_back(fmt::format(
        "run {:.0f} of {}  {} {}", number_of(warmer, "active_run"), clean_text(text_of(warmer, "cache")),
        bar_text(total == 0 ? 0 : number_of(progress, "done") / total, run_bar_width),
        total == 0 ? "planning"
                   : fmt::format("{} of {}", count_text(field(progress, "done")), count_text(total))));
  }
  if (lines.empty()) lines.push_back(paint(tone::quiet, "no run is under way"));
  for (const auto& each : field(field(status_, "scheduler"), "schedules"))
    if (field(each, "next_run").is_string() && lines.size() < 6)
      lines.push_back(
          paint(tone::quiet, fmt::format("next: {} {}", clean_text(text_of(each, "id")),
                                         due_text(field(each, "next_run"), field(status_, "at")))));
  return lines;
}

std::vector<std::string> top_view::key_lines(std::size_t columns, const palette& paint) const {
  if (!no_keys_because_.empty()) return {paint(tone::quiet, clean_text(no_keys_because_, columns))};
  const auto width = std::max(narrowest_key, columns - std::min(columns, beside_a_key));
  text_table table{
      {"hot keys of " + clean_text(selected(), narrowest_key), ">an hour", ">accesses", ">size", ">costs"}};
  for (const auto& each : keys_)
    table.add({key_text(each, width), fmt::format("{:.1f}", number_of(each, "rate_per_hour")),
               count_text(field(each, "count")), bytes_text(field(each, "bytes")),
               number_of(each, "cost_us") == 0 ? "-" : duration_text(number_of(each, "cost_us") / 1e6)});
  return lines_of(table.text(paint));
}

std::vector<std::string> top_view::frame(const frame_size& size, const palette& paint) const {
  std::vector<std::string> lines = heading(paint);
  for (const auto& part :
       {cache_lines(size.columns, paint), run_lines(paint), key_lines(size.columns, paint)}) {
    lines.emplace_back();
    append(lines, part);
  }
  const auto room = size.rows < 2 ? 1 : size.rows - 1;
  lines.resize(room);
  lines.push_back(paint(tone::quiet, "q quits, n shows the next cache"));
  for (auto& line : lines) line = cut(line, size.columns);
  return lines;
}

}  // namespace stoker::cli
