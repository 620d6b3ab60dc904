#include "actors/warming/strategy_registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "actors/warming/strategies/builtin_strategies.hpp"
#include "messages/error.hpp"

namespace stoker {

namespace {

std::string cache_text(const std::string& cache) {
  return cache.empty() ? "every cache" : "cache " + cache;
}

[[noreturn]] void reject_unknown_strategy(const strategy_registry& registry, const std::string& cache,
                                          const std::string& name) {
  throw error{errc::no_such_strategy, fmt::format("cache {} has no strategy \"{}\"; there are: {}", cache,
                                                  name, fmt::join(registry.names(cache), ", "))};
}

std::vector<std::string> parameter_names(const std::vector<chosen_strategy>& chosen) {
  std::vector<std::string> names;
  for (const auto& choice : chosen)
    for (const auto& declared : choice.source->parameters) names.push_back(declared.name);
  return names;
}

void reject_unknown_parameters(const std::vector<chosen_strategy>& chosen, const warm_request& request) {
  const auto known = parameter_names(chosen);
  for (const auto& given : request.parameters)
    if (std::find(known.begin(), known.end(), given.name) == known.end())
      throw error{
          errc::invalid_argument,
          fmt::format("parameter {}: none of the strategies asked for has it; there are: {}", given.name,
                      known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")))};
}

}  // namespace

strategy_registry::strategy_registry() {
  for (auto& built_in : builtin_strategies()) add(std::move(built_in));
}

void strategy_registry::add(strategy added) {
  validate(added);
  std::lock_guard guard{mutex_};
  if (strategies_.size() >= max_strategies)
    throw error{errc::invalid_argument,
                fmt::format("there are {} strategies already, as many as may be", max_strategies)};
  for (const auto& taken : {added.cache, std::string{}})
    if (strategies_.count({added.name, taken}) != 0)
      throw error{errc::already_exists,
                  fmt::format("{} has a strategy \"{}\" already; register it under another name",
                              cache_text(taken), added.name)};
  auto place = std::make_pair(added.name, added.cache);
  strategies_.emplace(std::move(place), std::make_shared<const strategy>(std::move(added)));
}

std::shared_ptr<const strategy> strategy_registry::find(const std::string& cache,
                                                        const std::string& name) const {
  std::lock_guard guard{mutex_};
  for (const auto& owner : {cache, std::string{}})
    if (const auto found = strategies_.find({name, owner}); found != strategies_.end()) return found->second;
  return nullptr;
}

std::vector<strategy_description> strategy_registry::list(const std::string& cache) const {
  std::lock_guard guard{mutex_};
  std::vector<strategy_description> result;
  for (const auto& [place, listed] : strategies_)
    if (cache.empty() || listed->cache.empty() || listed->cache == cache) result.push_back(describe(*listed));
  return result;
}

std::vector<std::string> strategy_registry::names(const std::string& cache) const {
  std::vector<std::string> result;
  for (auto& listed : list(cache)) result.push_back(std::move(listed.name));
  return result;
}

std::vector<chosen_strategy> choose_strategies(const strategy_registry& registry, const warm_request& request,
                                               const std::vector<std::string>& defaults, duration ttl) {
  std::vector<chosen_strategy> chosen;
  for (const auto& name : request.strategies.empty() ? defaults : request.strategies) {
    auto found = registry.find(request.cache, name);
    if (!found) reject_unknown_strategy(registry, request.cache, name);
    const auto again = [&](const chosen_strategy& before) { return before.source == found; };
    if (std::any_of(chosen.begin(), chosen.end(), again)) continue;
    auto parameters = parse_parameters(name, found->parameters, request.parameters);
    chosen.push_back(
        {std::move(found), {request.cache, std::move(parameters), request.limit, request.now, ttl}});
  }
  reject_unknown_parameters(chosen, request);
  return chosen;
}

}  // namespace stoker
