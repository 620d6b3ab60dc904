// Profiles: how hard warming works, for a kind of place that it runs in. A profile is a set of defaults, to
// be taken as it is or changed field by field.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

struct warming_profile {
  std::string name = "default";
  std::uint32_t batch_items = 50;      // of a run's first batch; adapts to memory from there
  std::uint32_t workers = 4;           // loads of one run at once, 1 to 16
  std::uint32_t dependency_depth = 2;  // levels of dependencies that are followed, 0 to 5
  double pressure_threshold = 0.8;  // share of memory in use that halves batches; ten points more stop a run
  duration phase_delay = std::chrono::milliseconds{100};
  std::uint64_t budget_bytes = 0;  // of a run whose request names none; 0: by policy
  std::uint32_t origin_in_flight =
      0;  // loads at once from one origin, over all caches; 0: as many as loaders
  std::uint32_t origin_calls_per_minute = 0;         // 0: no limit
  duration run_deadline = std::chrono::minutes{30};  // of a run whose request names none
};

// "default", "development", "staging", "production", "ci", "memory_aware" or "quotes". `cores` bounds the
// workers of "ci". Throws stoker::error(errc::invalid_argument), which lists them.
warming_profile find_profile(const std::string& name, std::uint32_t cores);
std::vector<std::string> profile_names();

// Throws stoker::error(errc::invalid_argument), which names the field.
void validate(const warming_profile& profile);

}  // namespace stoker
