#include "messages/performance.hpp"

#include <algorithm>

namespace stoker {

namespace {

std::string percent(double share) {
  return std::to_string(static_cast<int>(100 * share)) + " %";
}

std::string milliseconds(duration span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(span).count()) + " ms";
}

}  // namespace

void warming_performance::add(const warm_report& run) {
  ++runs;
  warmed += run.warmed;
  failed += run.failed;
  used += run.used;
  wasted += run.wasted;
  bytes += run.bytes;
  if (run.loads > 0) {
    fastest_load = loads == 0 ? run.fastest_load : std::min(fastest_load, run.fastest_load);
    slowest_load = std::max(slowest_load, run.slowest_load);
  }
  loads += run.loads;
  total_load += run.total_load;
  slow_loads.insert(slow_loads.end(), run.slow_loads.begin(), run.slow_loads.end());
  std::stable_sort(slow_loads.begin(), slow_loads.end(),
                   [](const slow_load& a, const slow_load& b) { return a.took > b.took; });
  if (slow_loads.size() > max_slow_loads) slow_loads.resize(max_slow_loads);
}

duration warming_performance::average_load() const {
  return loads == 0 ? duration{} : total_load / static_cast<duration::rep>(loads);
}

double warming_performance::accuracy() const {
  const auto closed = used + wasted;
  return closed == 0 ? -1 : static_cast<double>(used) / static_cast<double>(closed);
}

double warming_performance::efficiency() const {
  const auto tried = warmed + failed;
  return used + wasted == 0 || tried == 0 ? -1 : static_cast<double>(used) / static_cast<double>(tried);
}

std::vector<std::string> warming_performance::warnings() const {
  std::vector<std::string> all;
  if (average_load() > slow_load_time)
    all.push_back("a load took " + milliseconds(average_load()) + " on average, above " +
                  milliseconds(slow_load_time) + "; see slow_loads");
  if (accuracy() >= 0 && accuracy() < least_accuracy)
    all.push_back(percent(accuracy()) + " of what was warmed was used, below " + percent(least_accuracy));
  if (efficiency() >= 0 && efficiency() < good_efficiency)
    all.push_back("efficiency is " + percent(efficiency()) + ", below " + percent(good_efficiency));
  return all;
}

}  // namespace stoker
