#include "apps/daemon/assembly.hpp"

#include <algorithm>

#include "actors/engine/engine_parts.hpp"
#include "actors/engine/managed_cache.hpp"
#include "apps/daemon/key_traits.hpp"
#include "apps/daemon/server_options.hpp"
#include "apps/daemon/strategy_check.hpp"
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
  return std::make_shared<ruled_origin>(std::move(source), rules);
}

void set_traits(cache_config& into, const cache_settings& cache) {
  const auto traits = std::make_shared<const key_traits>(cache.rules);
  if (traits->has_tags()) into.tags_of = [traits](std::string_view key) { return traits->tags(key); };
  if (traits->has_subjects())
    into.subject_of = [traits](std::string_view key) { return traits->subject(key); };
}

std::vector<changes::file_key> file_keys_of(const cache_settings& cache) {
  std::vector<changes::file_key> keys;
  for (const auto& each : cache.changed_keys) keys.push_back({each.files, each.key});
  return keys;
}

void validate_changed_keys(const cache_settings& cache) {
  try {
    const changes::file_keys compiled{file_keys_of(cache)};
  } catch (const error& mistake) {
    throw error{mistake.code(),
                cache.where + ": cache \"" + cache.config.name + "\": changed_keys: " + mistake.what()};
  }
}

// In the words of the configuration, where they are its options' own.
void check_server(const configuration::server_settings& server) {
  auto options = options_of(server);
  if (options.token.empty()) options.token = "one that the daemon makes";
  try {
    control::validate(options);
  } catch (const error& mistake) {
    std::string text = mistake.what();
    for (const std::string part : {"control_options.", "tls."})
      for (auto found = text.find(part); found != std::string::npos; found = text.find(part))
        text.erase(found, part.size());
    throw error{mistake.code(), server.where + ": server: " + text};
  }
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
    throw error{errc::invalid_argument, found->where + ": origin \"" + name + "\": " + mistake.what()};
  }
}

void origin_shelf::add(const std::vector<origin_settings>& more) {
  for (const auto& each : more)
    if (std::none_of(known_.begin(), known_.end(), [&](const auto& one) { return one.name == each.name; }))
      known_.push_back(each);
}

cache_config config_of(const cache_settings& cache, origin_shelf& origins) {
  auto config = cache.config;
  try {
    set_traits(config, cache);
    if (!cache.origin.empty()) config.source = source_of(cache, origins);
    if (cache.make_back_end) config.back_end = cache.make_back_end();
  } catch (const std::exception& mistake) {
    throw error{errc::invalid_argument, cache.where + ": cache \"" + config.name + "\": " + mistake.what()};
  }
  return config;
}

void validate(const configuration::daemon_settings& settings) {
  stoker::validate(settings.engine);
  check_server(settings.server);
  origin_shelf origins{settings.origins};
  for (const auto& each : settings.origins) origins.get(each.name);
  for (const auto& each : settings.caches) {
    validate_changed_keys(each);
    const auto config = config_of(each, origins);
    try {
      stoker::validate(config);
    } catch (const error& mistake) {
      throw error{mistake.code(), each.where + ": " + mistake.what()};
    }
  }
  check_strategies(settings);
}

void add_cache(engine& to, const cache_settings& cache, origin_shelf& origins,
               const changes::changes_scope& scope) {
  validate_changed_keys(cache);
  to.add_cache(config_of(cache, origins));
  to.register_strategy(changes::changed_files_strategy(scope, file_keys_of(cache), cache.config.name));
}

void add_caches(engine& to, const configuration::daemon_settings& settings, origin_shelf& origins,
                const changes::changes_scope& scope) {
  for (const auto& each : settings.caches) add_cache(to, each, origins, scope);
}

changes::changes_scope scope_of(const configuration::change_settings& changes) {
  return {false, changes.folders, changes.repository};
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
