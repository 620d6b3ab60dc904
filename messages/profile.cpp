#include "messages/profile.hpp"

#include <algorithm>

#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t most_workers = 16;
constexpr std::uint32_t deepest_dependencies = 5;
constexpr std::uint64_t megabyte = 1ull << 20;

[[noreturn]] void reject(const warming_profile& profile, const std::string& text) {
  throw error{errc::invalid_argument, "profile " + profile.name + ": " + text};
}

std::vector<warming_profile> shipped(std::uint32_t cores) {
  using std::chrono::minutes;
  return {
      {},
      {.name = "development",
       .batch_items = 25,
       .workers = 4,
       .dependency_depth = 3,
       .pressure_threshold = 0.8},
      {.name = "staging", .batch_items = 50, .workers = 6, .dependency_depth = 2, .pressure_threshold = 0.7},
      {.name = "production",
       .batch_items = 75,
       .workers = 8,
       .dependency_depth = 2,
       .pressure_threshold = 0.6},
      {.name = "ci",
       .workers = std::clamp(cores, 1u, 8u),
       .dependency_depth = 2,
       .pressure_threshold = 0.6,
       .run_deadline = minutes{5}},
      {.name = "memory_aware", .batch_items = 10, .workers = 3, .budget_bytes = 1000 * megabyte},
      {.name = "quotes",
       .workers = 10,
       .budget_bytes = 500 * megabyte,
       .origin_in_flight = 10,
       .origin_calls_per_minute = 100},
  };
}

}  // namespace

warming_profile find_profile(const std::string& name, std::uint32_t cores) {
  std::string known;
  for (auto& each : shipped(cores)) {
    if (each.name == name) return each;
    known += (known.empty() ? "" : ", ") + each.name;
  }
  throw error{errc::invalid_argument, "no profile \"" + name + "\"; there are: " + known};
}

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (auto& each : shipped(1)) names.push_back(std::move(each.name));
  return names;
}

void validate(const warming_profile& profile) {
  if (profile.batch_items == 0) reject(profile, "batch_items must be at least 1");
  if (profile.workers == 0 || profile.workers > most_workers) reject(profile, "workers must be 1 to 16");
  if (profile.dependency_depth > deepest_dependencies) reject(profile, "dependency_depth must be 0 to 5");
  if (!(profile.pressure_threshold > 0) || profile.pressure_threshold > 1)
    reject(profile, "pressure_threshold must be above 0, and at most 1");
  if (profile.phase_delay < duration::zero()) reject(profile, "phase_delay must not be negative");
  if (profile.run_deadline <= duration::zero()) reject(profile, "run_deadline must be positive");
}

}  // namespace stoker
