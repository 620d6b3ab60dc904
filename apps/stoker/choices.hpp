// Options whose values are words out of a list.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "messages/prediction.hpp"

namespace stoker::cli {

template <class Enum>
using choices = std::map<std::string, Enum>;

inline const choices<operating_point>& operating_points() {
  static const choices<operating_point> points{{"frugal", operating_point::frugal},
                                               {"balanced", operating_point::balanced},
                                               {"eager", operating_point::eager}};
  return points;
}

template <class Enum>
CLI::Option* add_choice(CLI::App& command, const std::string& name, std::string& target,
                        const choices<Enum>& offered, const std::string& description) {
  std::vector<std::string> names;
  for (const auto& [choice, value] : offered) names.push_back(choice);
  return command.add_option(name, target, description)->check(CLI::IsMember(names));
}

}  // namespace stoker::cli
