#include <limits>

#include "apps/configuration/setting_readers.hpp"

namespace stoker::configuration {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t most_shards = 64;
constexpr std::int64_t most_loaders = 256;
constexpr std::int64_t most_keys = 4'000'000'000;
constexpr std::int64_t most_workers = 16;
constexpr std::int64_t deepest_dependencies = 5;

void set_count(section& from, const std::string& key, std::int64_t least, std::int64_t limit,
               std::uint32_t& into) {
  if (const auto given = from.integer(key, least, limit)) into = static_cast<std::uint32_t>(*given);
}

void set_span(section& from, const std::string& key, duration& into) {
  if (const auto given = from.span(key)) into = *given;
}

warming_profile read_profile(section& from, std::uint32_t cores) {
  const auto name = from.text("profile").value_or("default");
  try {
    return find_profile(name, cores);
  } catch (const error&) {
    from.refuse_word("profile", name, profile_names());
  }
}

// Field by field over the profile that is named.
void change_profile(section& from, warming_profile& profile) {
  set_count(from, "batch_items", 1, most, profile.batch_items);
  set_count(from, "workers", 1, most_workers, profile.workers);
  set_count(from, "dependency_depth", 0, deepest_dependencies, profile.dependency_depth);
  profile.pressure_threshold = from.number("pressure_threshold", 0).value_or(profile.pressure_threshold);
  set_span(from, "phase_delay", profile.phase_delay);
  profile.budget_bytes = from.megabytes("budget_mb").value_or(profile.budget_bytes);
  set_count(from, "origin_in_flight", 0, most_loaders, profile.origin_in_flight);
  set_span(from, "run_deadline", profile.run_deadline);
}

}  // namespace

void read_engine(section& from, std::uint32_t cores, engine_config& into) {
  into.profile = read_profile(from, cores);
  change_profile(from, into.profile);
  set_count(from, "tracker_shards", 1, most_shards, into.tracker_shards);
  if (const auto keys = from.integer("tracked_keys", most_shards, most_keys))
    into.tracked_keys = static_cast<std::uint64_t>(*keys);
  set_count(from, "loaders", 1, most_loaders, into.loaders);
  set_span(from, "request_timeout", into.request_timeout);
  try {
    validate(into.profile);
  } catch (const error& mistake) {
    from.fail(mistake.what());
  }
  from.check_keys();
}

}  // namespace stoker::configuration
