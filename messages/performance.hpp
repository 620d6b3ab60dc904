// What the latest runs of a cache came to, taken together: how fast its loads are, and what they were good
// for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/warming.hpp"

namespace stoker {

inline constexpr std::size_t most_performance_runs = 64;  // as many as a warmer remembers

struct warming_performance {
  std::uint64_t runs = 0;
  std::uint64_t warmed = 0;
  std::uint64_t failed = 0;
  std::uint64_t used = 0;
  std::uint64_t wasted = 0;
  std::uint64_t loads = 0;
  std::uint64_t bytes = 0;
  duration total_load{};
  duration fastest_load{};
  duration slowest_load{};
  std::vector<slow_load> slow_loads{};  // the slowest of all runs, slowest first, up to max_slow_loads

  void add(const warm_report& run);

  duration average_load() const;
  // Each a fraction; negative while nothing is known.
  double accuracy() const;    // used / (used + wasted)
  double efficiency() const;  // used / (warmed + failed); see efficiency_grade()
  // What an operator should look at: loads above 100 ms on average, less than 70 % used, efficiency below 80
  // %.
  std::vector<std::string> warnings() const;
};

}  // namespace stoker
