#include "apps/daemon/assembly.hpp"

#include <algorithm>

#include "actors/engine/engine_parts.hpp"
#include "actors/engine/managed_cache.hpp"
#include "messages/error.hpp"
#include "storage/origins/ruled_origin.hpp"

namespace stoker::daemon {

namespace {

using configuration::cache_settings;
using configuration::origin_settings;

std::shared_ptr<origin> source_of(const cache_settings& cache, origin_shelf& origins) {
  auto source = origins.get(cache.origin);
  if (cache.rules.empty()) return source;
  std::vector<origin_rule> rules;
  for (const auto& rule : cache.rules)
    rules.push_back({rule.keys, rule.origin.empty() ? nullptr : origins.get(rule.origin), rule.ttl});
  return std::make_shared<ruled_origin>(std::move(source), std::move(rules));
}

}  // namespace

origin_shelf::origin_shelf(std::vector<origin_settings> known) : known_(std::move(known)) {}

std::shared_ptr<origin> origin_shelf::get(const std::string& name) {
  if (const auto made = made_.find(name); made != made_.end()) return made->second;
  const auto found =
      std::find_if(known_.begin(), known_.end(), [&](const auto& each) { return each.name == name; });
  if (found == known_.end()) throw error{errc::invalid_argument, "there is no origin \"" + name + "\""};
  if (!under_way_.insert(name).second)
    throw error{errc::invalid_argument, "origin \"" + name + "\": it loads from itself"};
  try {
    auto made = found->make([this](const std::string& other) { return get(other); });
    under_way_.erase(name);
    return made_[name] = std::move(made);
  } catch (const std::exception& mistake) {
    under_way_.erase(name);
    throw error{errc::invalid_argument, "origin \"" + name + "\": " + mistake.what()};
  }
}

void origin_shelf::add(const std::vector<origin_settings>& more) {
  for (const auto& each : more)
    if (std::none_of(known_.begin(), known_.end(), [&](const auto& one) { return one.name == each.name; }))
      known_.push_back(each);
}

cache_config config_of(const cache_settings& cache, origin_shelf& origins) {
  auto config = cache.config;
  if (!cache.origin.empty()) config.source = source_of(cache, origins);
  if (!cache.make_back_end) return config;
  try {
    config.back_end = cache.make_back_end();
  } catch (const std::exception& mistake) {
    throw error{errc::invalid_argument, "cache \"" + config.name + "\": " + mistake.what()};
  }
  return config;
}

void validate(const configuration::daemon_settings& settings) {
  stoker::validate(settings.engine);
  origin_shelf origins{settings.origins};
  for (const auto& each : settings.origins) origins.get(each.name);
  for (const auto& each : settings.caches) stoker::validate(config_of(each, origins));
}

void add_caches(engine& to, const configuration::daemon_settings& settings, origin_shelf& origins) {
  for (const auto& each : settings.caches) to.add_cache(config_of(each, origins));
}

start_options background_of(const configuration::schedule_settings& warming) {
  start_options options;
  options.interval = warming.interval;
  options.adaptive = warming.adaptive;
  options.patterns = warming.patterns;
  options.critical = warming.critical;
  options.schedules = warming.schedules;
  options.calendars = warming.calendars;
  return options;
}

bool warms_in_background(const configuration::schedule_settings& warming) {
  return warming.enabled && (!warming.schedules.empty() || warming.interval > duration::zero());
}

}  // namespace stoker::daemon
