// Typed parameters of strategies: declared once, parsed from text wherever they come from.
//
// Texts: integers and numbers in decimal; durations as a number with a unit, "500ms", "90s", "15m", "24h",
// "2d" (a bare number counts seconds); lists with commas between, where "\," is a comma that belongs to an
// element and "\\" a backslash; flags as true, yes, on, 1 or false, no, off, 0. Errors name the parameter,
// what was given, and what is expected.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/time.hpp"
#include "messages/warming.hpp"

namespace stoker {

enum class parameter_type : std::uint8_t { integer, number, text, span, list, flag };

const char* to_string(parameter_type type) noexcept;
// Throws stoker::error when `name` is none of the names.
parameter_type parameter_type_of(std::string_view name);

struct parameter_declaration {
  std::string name;
  parameter_type type = parameter_type::text;
  std::string default_text;  // empty: must be given, unless it is a text or a list
  std::string description;
  double least = -1e18;  // bounds of integers and numbers, and of durations in seconds
  double most = 1e18;
  bool required = false;  // must be given and not be empty, though it is a text or a list
};

class strategy_parameters {
 public:
  // REQUIRES, of all: the parameter was declared with that type.
  std::int64_t integer(const std::string& name) const { return std::get<std::int64_t>(at(name)); }
  double number(const std::string& name) const { return std::get<double>(at(name)); }
  const std::string& text(const std::string& name) const { return std::get<std::string>(at(name)); }
  duration span(const std::string& name) const { return std::get<duration>(at(name)); }

  const std::vector<std::string>& list(const std::string& name) const {
    return std::get<std::vector<std::string>>(at(name));
  }
  bool flag(const std::string& name) const { return std::get<bool>(at(name)); }
  // Nothing, unless an integer of this name was declared.
  std::optional<std::int64_t> integer_if_any(const std::string& name) const;

  // Every parameter as text, by name: for functions of the host's.
  const std::vector<strategy_parameter_value>& texts() const noexcept { return texts_; }

 private:
  friend strategy_parameters parse_parameters(const std::string&, const std::vector<parameter_declaration>&,
                                              const std::vector<strategy_parameter_value>&);
  using parsed = std::variant<std::int64_t, double, std::string, duration, std::vector<std::string>, bool>;

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
