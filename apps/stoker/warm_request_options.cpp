#include "apps/stoker/warm_request_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <nlohmann/json.hpp>

namespace stoker::cli {

namespace {

constexpr std::uint64_t megabyte = 1 << 20;

nlohmann::ordered_json parameters_of(const warm_request_options& given) {
  auto parameters = nlohmann::ordered_json::object();
  for (const auto& each : given.parameters) {
    const auto equals = each.find('=');
    if (equals == std::string::npos || equals == 0)
      throw usage_error{fmt::format("--param \"{}\": write it as name=value", each)};
    parameters[each.substr(0, equals)] = each.substr(equals + 1);
  }
  if (!given.language.empty()) parameters["language"] = given.language;
  if (!given.complexity.empty()) parameters["complexity"] = given.complexity;
  if (!given.depth.empty()) parameters["depth"] = given.depth;
  return parameters;
}

}  // namespace

void add_warm_request_options(CLI::App& command, warm_request_options& given) {
  command.add_option("--cache", given.cache, "Which cache; may be left out where there is only one");
  command
      .add_option("--strategy", given.strategies,
                  "By which strategy; may be given several times. Default: the cache's own")
      ->allow_extra_args(false);
  command.add_option("--limit", given.limit, "Keys at most; 0: as many as fit the budget")
      ->capture_default_str();
  command.add_option("--language", given.language,
                     "Only keys of this language (parameter of some strategies)");
  command.add_option("--complexity", given.complexity, "Only keys at least as complex (likewise)");
  command.add_option("--depth", given.depth, "Levels of dependencies to follow (likewise)")
      ->check(CLI::Range(0, 5));
  command.add_option("--policy", given.policy, "How much of the available memory warming may take")
      ->check(CLI::IsMember({"aggressive", "balanced", "conservative", "adaptive", "priority"}));
  command.add_option("--budget-mb", given.budget_mb, "Memory at most, in MiB; 0: by the policy")
      ->check(CLI::Range(0, 1 << 30))
      ->capture_default_str();
  command
      .add_option("--param", given.parameters, "A parameter of the strategy, as name=value; may be repeated")
      ->allow_extra_args(false);
  command
      .add_option("--timeout", given.timeout_s, "Of the whole run: 500ms, 60s, 2m; a plain number is seconds")
      ->transform(CLI::AsNumberWithUnit(
          std::map<std::string, double>{{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}},
          CLI::AsNumberWithUnit::CASE_SENSITIVE))
      ->check(CLI::PositiveNumber);
}

nlohmann::ordered_json request_of(const warm_request_options& given) {
  auto request = nlohmann::ordered_json::object();
  if (!given.cache.empty()) request["cache"] = given.cache;
  if (!given.strategies.empty()) request["strategies"] = given.strategies;
  if (auto parameters = parameters_of(given); !parameters.empty())
    request["parameters"] = std::move(parameters);
  if (given.limit > 0) request["limit"] = given.limit;
  if (!given.policy.empty()) request["policy"] = given.policy;
  if (given.budget_mb > 0) request["budget_bytes"] = given.budget_mb * megabyte;
  if (given.timeout_s > 0) request["deadline_s"] = given.timeout_s;
  return request;
}

}  // namespace stoker::cli
