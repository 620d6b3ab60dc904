#include "apps/daemon/strategy_check.hpp"

#include "actors/warming/strategy_registry.hpp"
#include "apps/changes/changed_files_strategy.hpp"
#include "messages/error.hpp"

namespace stoker::daemon {

namespace {

// The one that the daemon adds to those that every engine has.
strategy changed_files() {
  const auto known = changes::changed_files_strategy({});
  strategy added;
  added.name = known.name;
  added.description = known.description;
  for (const auto& each : known.parameters)
    added.parameters.push_back(
        {each.name, parameter_type_of(each.type), each.default_text, each.description});
  added.source = host_strategy{[](const strategy_context&) { return std::vector<candidate>{}; }};
  return added;
}

void check(const strategy_registry& known, const warm_request& request, const std::string& usual,
           const std::string& where) {
  try {
    choose_strategies(known, request, {usual});
  } catch (const error& mistake) {
    throw error{errc::invalid_argument, where + ": " + mistake.what()};
  }
}

}  // namespace

void check_strategies(const configuration::daemon_settings& settings) {
  strategy_registry known;
  known.add(changed_files());
  for (const auto& cache : settings.caches) {
    const auto& name = cache.config.name;
    check(known, {.cache = name}, cache.config.default_strategy, cache.where + ": cache \"" + name + '"');
    for (const auto& each : settings.warming.schedules) {
      const bool meant = each.what.cache.empty() || each.what.cache == name;
      if (each.task != schedule_task::warm || !meant) continue;
      auto request = each.what;
      request.cache = name;
      check(known, request, cache.config.default_strategy,
            settings.warming.places.at(each.id) + ": schedule \"" + each.id + '"');
    }
  }
}

}  // namespace stoker::daemon
