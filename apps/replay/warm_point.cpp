#include "apps/replay/warm_point.hpp"

#include <algorithm>
#include <numeric>

namespace stoker {

namespace {

double ratio_of_window(const hit_sequence& hits, std::uint64_t from, std::uint64_t window) {
  const auto begin = hits.begin() + static_cast<std::ptrdiff_t>(from);
  const auto sum = std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(window), std::uint64_t{0});
  return static_cast<double>(sum) / static_cast<double>(window);
}

// Of whole windows only.
std::vector<double> ratios_of_windows(const hit_sequence& hits, std::uint64_t window) {
  std::vector<double> ratios;
  for (std::uint64_t from = 0; from + window <= hits.size(); from += window)
    ratios.push_back(ratio_of_window(hits, from, window));
  return ratios;
}

}  // namespace

std::optional<std::size_t> first_warm_window(const std::vector<double>& restarted,
                                             const std::vector<double>& twin) {
  std::uint32_t in_a_row = 0;
  for (std::size_t i = 0; i < std::min(restarted.size(), twin.size()); ++i) {
    in_a_row = restarted[i] >= twin[i] - warm_tolerance ? in_a_row + 1 : 0;
    if (in_a_row == warm_windows) return i + 1 - warm_windows;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> requests_until_warm(const hit_sequence& restarted, const hit_sequence& twin,
                                                 std::uint64_t window) {
  const auto first = first_warm_window(ratios_of_windows(restarted, window), ratios_of_windows(twin, window));
  if (!first) return std::nullopt;
  return *first * window;
}

double hit_ratio(const hit_sequence& hits) {
  if (hits.empty()) return 0;
  return ratio_of_window(hits, 0, hits.size());
}

}  // namespace stoker
