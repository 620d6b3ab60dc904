#include "actors/warming/parameters.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr std::array type_names{"integer", "number", "text", "duration", "list", "flag"};

// A duration of more overflows the nanoseconds it is counted in; 100 years are enough for a cache.
constexpr double longest_seconds = 100.0 * 365 * 24 * 3600;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number parsed{};
  const auto end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, parsed);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return parsed;
}

std::optional<double> unit_seconds(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1.0;
  if (unit == "ms") return 1e-3;
  if (unit == "m" || unit == "min") return 60.0;
  if (unit == "h") return 3600.0;
  if (unit == "d") return 24 * 3600.0;
  return std::nullopt;
}

std::optional<double> parse_seconds(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parse_number<double>(text.substr(0, digits));
  const auto unit = unit_seconds(text.substr(digits));
  if (!number || !unit) return std::nullopt;
  return *number * *unit;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> elements{{}};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escapes =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ',' || text[i + 1] == '\\');
    if (text[i] == ',')
      elements.emplace_back();
    else
      elements.back() += escapes ? text[++i] : text[i];
  }
  std::erase(elements, std::string{});
  return elements;
}

std::optional<bool> parse_flag(std::string_view text) {
  for (const auto* yes : {"true", "yes", "on", "1"})
    if (text == yes) return true;
  for (const auto* no : {"false", "no", "off", "0"})
    if (text == no) return false;
  return std::nullopt;
}

std::string shown(double number, parameter_type type) {
  return type == parameter_type::span ? fmt::format("{:.6g}s", number) : fmt::format("{:.15g}", number);
}

std::string expectation(const parameter_declaration& declared) {
  constexpr double unbounded = 1e18;
  if (declared.type == parameter_type::text) return "a text";
  if (declared.type == parameter_type::list) return "a list with commas between";
  if (declared.type == parameter_type::flag) return "true or false";
  std::string text = declared.type == parameter_type::integer ? "a whole number"
                     : declared.type == parameter_type::span  ? "a duration like 90s, 15m or 24h"
                                                              : "a number";
  if (declared.least > -unbounded) text += fmt::format(", at least {}", shown(declared.least, declared.type));
  if (declared.most < unbounded) text += fmt::format(", at most {}", shown(declared.most, declared.type));
  return text;
}

[[noreturn]] void reject(const std::string& strategy, const parameter_declaration& declared,
                         const std::string& given) {
  if (given.empty())
    throw error{errc::invalid_argument,
                fmt::format("strategy {}: parameter {} must be given: expected {} ({})", strategy,
                            declared.name, expectation(declared), declared.description)};
  throw error{errc::invalid_argument, fmt::format("strategy {}: parameter {}: \"{}\" given, expected {}",
                                                  strategy, declared.name, given, expectation(declared))};
}

bool within(const parameter_declaration& declared, double number) {
  return std::isfinite(number) && number >= declared.least && number <= declared.most;
}

using parsed_value =
    std::variant<std::int64_t, double, std::string, duration, std::vector<std::string>, bool>;

std::optional<parsed_value> parse(const parameter_declaration& declared, const std::string& text) {
  switch (declared.type) {
    case parameter_type::text:
      if (declared.required && text.empty()) break;
      return parsed_value{text};
    case parameter_type::list:
      if (auto elements = split(text); !declared.required || !elements.empty())
        return parsed_value{std::move(elements)};
      break;
    case parameter_type::flag:
      if (const auto flag = parse_flag(text)) return parsed_value{*flag};
      break;
    case parameter_type::integer:
      if (const auto number = parse_number<std::int64_t>(text);
          number && within(declared, static_cast<double>(*number)))
        return parsed_value{*number};
      break;
    case parameter_type::number:
      if (const auto number = parse_number<double>(text); number && within(declared, *number))
        return parsed_value{*number};
      break;
    case parameter_type::span:
      if (const auto seconds = parse_seconds(text);
          seconds && within(declared, *seconds) && *seconds <= longest_seconds)
        return parsed_value{std::chrono::duration_cast<duration>(std::chrono::duration<double>{*seconds})};
      break;
  }
  return std::nullopt;
}

std::string text_for(const parameter_declaration& declared,
                     const std::vector<strategy_parameter_value>& given) {
  auto text = declared.default_text;
  for (const auto& value : given)
    if (value.name == declared.name) text = value.text;
  return text;
}

}  // namespace

const char* to_string(parameter_type type) noexcept {
  return type_names[static_cast<std::size_t>(type)];
}

parameter_type parameter_type_of(std::string_view name) {
  for (std::size_t i = 0; i < type_names.size(); ++i)
    if (name == type_names[i]) return static_cast<parameter_type>(i);
  throw error{errc::invalid_argument, fmt::format("\"{}\" is no type of a parameter; expected {}", name,
                                                  fmt::join(type_names, ", "))};
}

std::optional<std::int64_t> strategy_parameters::integer_if_any(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  const auto* number = std::get_if<std::int64_t>(&found->second);
  return number ? std::optional{*number} : std::nullopt;
}

strategy_parameters parse_parameters(const std::string& strategy,
                                     const std::vector<parameter_declaration>& declared,
                                     const std::vector<strategy_parameter_value>& given) {
  strategy_parameters result;
  for (const auto& declaration : declared) {
    auto text = text_for(declaration, given);
    auto parsed = parse(declaration, text);
    if (!parsed) reject(strategy, declaration, text);
    result.values_.insert_or_assign(declaration.name, std::move(*parsed));
    result.texts_.push_back({declaration.name, std::move(text)});
  }
  return result;
}

}  // namespace stoker
