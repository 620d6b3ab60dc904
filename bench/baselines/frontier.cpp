#include "bench/baselines/frontier.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace stoker::baselines {

namespace {

constexpr std::size_t most_cells_shown = 3;  // one by one: the sizes of one trace

double mean_of(const std::vector<cell>& cells, double cell::*member) {
  const auto sum = std::accumulate(cells.begin(), cells.end(), 0.0,
                                   [member](double total, const cell& c) { return total + c.*member; });
  return sum / static_cast<double>(cells.size());
}

double ratio(std::uint64_t part, std::uint64_t whole, double otherwise) {
  return whole == 0 ? otherwise : static_cast<double>(part) / static_cast<double>(whole);
}

std::string line(const standing& s, bool with_cells) {
  auto text = fmt::format("{:<26}{:>+7.2f}{:>+8.2f}{:>7.2f}{:>7.3f}{:>9.2f}{:>8.1f} ", s.name, s.mean_gain(),
                          s.worst_gain(), s.mean_precision(), s.mean_load(), s.accesses_per_second() / 1e6,
                          s.mean_bytes_per_key());
  if (with_cells) {
    for (const auto& c : s.cells) text += fmt::format("{:>7.2f} ({:.2f})", c.hit_percent, c.load);
  }
  return text + '\n';
}

}  // namespace

cell make_cell(const outcome& result, const outcome& plain_lru, std::uint64_t distinct_keys, double seconds) {
  return {.hit_percent = 100 * result.hit_ratio(),
          .gain_points = 100 * (result.hit_ratio() - plain_lru.hit_ratio()),
          .precision = ratio(result.useful_prefetches, result.prefetches, 1),
          .load = ratio(result.misses() + result.prefetches, plain_lru.misses(), 1),
          .seconds = seconds,
          .requests = result.requests,
          .metadata_bytes_per_key = ratio(result.metadata_bytes, distinct_keys, 0)};
}

double standing::mean_gain() const {
  return mean_of(cells, &cell::gain_points);
}
double standing::mean_precision() const {
  return mean_of(cells, &cell::precision);
}
double standing::mean_load() const {
  return mean_of(cells, &cell::load);
}
double standing::mean_bytes_per_key() const {
  return mean_of(cells, &cell::metadata_bytes_per_key);
}

double standing::worst_gain() const {
  return std::min_element(cells.begin(), cells.end(),
                          [](const cell& a, const cell& b) { return a.gain_points < b.gain_points; })
      ->gain_points;
}

double standing::accesses_per_second() const {
  double requests = 0, seconds = 0;
  for (const auto& c : cells) {
    requests += static_cast<double>(c.requests);
    seconds += c.seconds;
  }
  return seconds > 0 ? requests / seconds : 0;
}

std::string frontier_table(const std::vector<standing>& standings,
                           const std::vector<std::string>& cell_names) {
  const bool with_cells = cell_names.size() <= most_cells_shown;
  auto table = fmt::format("{:<26}{:>7}{:>8}{:>7}{:>7}{:>9}{:>8} ", "", "gain", "worst", "prec", "load",
                           "M/s", "B/key");
  if (with_cells) {
    for (const auto& name : cell_names) table += fmt::format("{:>14}", name + " (load)");
  }
  table += '\n';
  for (const auto& s : standings) table += line(s, with_cells);
  return table;
}

}  // namespace stoker::baselines
