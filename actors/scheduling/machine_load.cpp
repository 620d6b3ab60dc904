#include "actors/scheduling/machine_load.hpp"

#include <algorithm>
#include <charconv>

#include "actors/memory/readings.hpp"

namespace stoker {

machine_load parse_load(const std::optional<std::string>& psi, const std::optional<std::string>& loadavg,
                        unsigned cores) {
  machine_load load;
  if (psi) load.stall_share = stall_share(*psi);
  double average = 0;
  if (!loadavg || cores == 0) return load;
  const auto parsed = std::from_chars(loadavg->data(), loadavg->data() + loadavg->size(), average);
  if (parsed.ec == std::errc{}) load.load_per_core = average / cores;
  return load;
}

double relative_load(const machine_load& load, const load_limits& limits) {
  double relative = 0;
  if (load.stall_share && limits.stall_share > 0)
    relative = std::max(relative, *load.stall_share / limits.stall_share);
  if (load.load_per_core && limits.load_per_core > 0)
    relative = std::max(relative, *load.load_per_core / limits.load_per_core);
  return relative;
}

}  // namespace stoker
