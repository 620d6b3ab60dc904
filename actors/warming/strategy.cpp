#include "actors/warming/strategy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr std::size_t max_name_bytes = 64;  // what still fits a table on a terminal

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= max_name_bytes &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
         });
}

[[noreturn]] void reject(const strategy& checked, const std::string& why) {
  throw error{errc::invalid_argument, fmt::format("strategy \"{}\": {}", checked.name, why)};
}

bool complete(const asking_strategy& source) {
  return source.ask && source.propose;
}
bool complete(const host_strategy& source) {
  return source.propose != nullptr;
}
bool complete(const host_action& source) {
  return source.run != nullptr;
}

void validate_parameters(const strategy& checked) {
  std::set<std::string> names;
  std::vector<parameter_declaration> with_default;
  for (const auto& declared : checked.parameters) {
    if (!is_name(declared.name))
      reject(checked, fmt::format("\"{}\" is no name of a parameter", declared.name));
    if (!names.insert(declared.name).second)
      reject(checked, fmt::format("parameter {} is declared twice", declared.name));
    if (!declared.default_text.empty()) with_default.push_back(declared);
  }
  parse_parameters(checked.name, with_default, {});
}

}  // namespace

strategy_description describe(const strategy& described) {
  strategy_description result;
  result.cache = described.cache;
  result.name = described.name;
  result.description = described.description;
  result.warms_by_itself = described.warms_by_itself();
  for (const auto& declared : described.parameters)
    result.parameters.push_back(
        {declared.name, to_string(declared.type), declared.default_text, declared.description});
  return result;
}

void validate(const strategy& checked) {
  if (!is_name(checked.name))
    reject(checked, fmt::format("a name is 1 to {} letters, digits, '_', '-' or '.'", max_name_bytes));
  if (!std::visit([](const auto& source) { return complete(source); }, checked.source))
    reject(checked, "its function is empty");
  validate_parameters(checked);
}

}  // namespace stoker
