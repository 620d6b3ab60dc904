// Typed parameters of strategies: declared once, parsed from text wherever they come from.
//
// Texts: integers and numbers in decimal; durations as a number with a unit, "500ms", "90s", "15m", "24h",
// "2d" (a bare number counts seconds). Errors name the parameter, what was given, and what is expected.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/time.hpp"
#include "messages/warming.hpp"

namespace stoker {

enum class parameter_type : std::uint8_t { integer, number, text, span };

const char* to_string(parameter_type type) noexcept;
// Throws stoker::error when `name` is none of the four names.
parameter_type parameter_type_of(std::string_view name);

struct parameter_declaration {
  std::string name;
  parameter_type type = parameter_type::text;
  std::string default_text;  // empty: must be given, unless it is a text
  std::string description;
  double least = -1e18;  // bounds of integers and numbers, and of durations in seconds
  double most = 1e18;
};

class strategy_parameters {
 public:
  // REQUIRES, of all four: the parameter was declared with that type.
  std::int64_t integer(const std::string& name) const { return std::get<std::int64_t>(at(name)); }
  double number(const std::string& name) const { return std::get<double>(at(name)); }
  const std::string& text(const std::string& name) const { return std::get<std::string>(at(name)); }
  duration span(const std::string& name) const { return std::get<duration>(at(name)); }

  // Every parameter as text, by name: for functions of the host's.
  const std::vector<strategy_parameter_value>& texts() const noexcept { return texts_; }

 private:
  friend strategy_parameters parse_parameters(const std::string&, const std::vector<parameter_declaration>&,
                                              const std::vector<strategy_parameter_value>&);
  using parsed = std::variant<std::int64_t, double, std::string, duration>;

  const parsed& at(const std::string& name) const { return values_.at(name); }

  std::map<std::string, parsed> values_;
  std::vector<strategy_parameter_value> texts_;
};

// The declared ones out of `given`, else their defaults; the last of several wins. Names that are not
// declared are not looked at: they may belong to another strategy of the same run. Throws
// stoker::error(errc::invalid_argument).
strategy_parameters parse_parameters(const std::string& strategy,
                                     const std::vector<parameter_declaration>& declared,
                                     const std::vector<strategy_parameter_value>& given);

}  // namespace stoker
