#include "apps/configuration/section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <sstream>

#include "apps/configuration/suggestion.hpp"

namespace stoker::configuration {

namespace {

std::string place(const std::string& path, const toml::source_region& where) {
  return where.begin.line == 0 ? path : fmt::format("{}:{}", path, where.begin.line);
}

struct unit {
  std::string_view name;
  double seconds;
};

constexpr std::array units{unit{"ms", 1e-3}, unit{"s", 1},    unit{"min", 60},
                           unit{"m", 60},    unit{"h", 3600}, unit{"d", 86'400}};
constexpr std::int64_t most_megabytes = 1 << 30;
constexpr std::uint64_t megabyte = 1 << 20;
constexpr double longest_span_s = 100.0 * 366 * 86'400;  // more overflows the nanoseconds it is counted in

std::optional<duration> to_span(double seconds) {
  if (!(seconds >= 0) || seconds > longest_span_s) return std::nullopt;
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>{seconds});
}

std::optional<duration> parse_span(std::string_view text) {
  double amount = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (failure != std::errc{}) return std::nullopt;
  auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  for (const auto& each : units)
    if (rest == each.name) return to_span(amount * each.seconds);
  return std::nullopt;
}

std::optional<std::int32_t> parse_two_digits(std::string_view& text, std::int32_t most) {
  std::int32_t value = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + std::min<std::size_t>(2, text.size()), value);
  if (failure != std::errc{} || end != text.data() + 2 || value > most) return std::nullopt;
  text.remove_prefix(2);
  return value;
}

// [-+]HH:MM[:SS]
std::optional<std::int32_t> parse_clock(std::string_view text) {
  const auto sign = text.starts_with('-') ? -1 : 1;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  std::int32_t total = 0;
  int parts = 0;
  for (const auto& [most, seconds] : {std::pair{24, 3600}, std::pair{59, 60}, std::pair{59, 1}}) {
    const auto part = parse_two_digits(text, most);
    if (!part) return std::nullopt;
    total += *part * seconds;
    ++parts;
    if (text.empty()) break;
    if (!text.starts_with(':')) return std::nullopt;
    text.remove_prefix(1);
  }
  if (parts < 2 || !text.empty()) return std::nullopt;
  return sign * total;
}

std::int32_t seconds_of(const toml::time& time) {
  return time.hour * 3600 + time.minute * 60 + time.second;
}

}  // namespace

toml::table parse(std::string_view text, const std::string& path) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& mistake) {
    throw error{errc::invalid_argument,
                fmt::format("{}: {}", place(path, mistake.source()), mistake.description())};
  }
}

section::section(const toml::table& table, section_place where, const environment& variables,
                 key_catalog& asked)
    : table_(&table), place_(std::move(where)), variables_(&variables), asked_(&asked) {
  if (!place_.prefix.empty()) asked_->prefixes[place_.prefix] = place_.name;
}

std::string section::where() const {
  return place(place_.path, table_->source());
}

void section::fail(const std::string& problem) const {
  throw error{errc::invalid_argument, fmt::format("{}: {}: {}", where(), place_.name, problem)};
}

void section::fail(const std::string& key, const std::string& problem) const {
  if (overrides_.contains(key))
    throw error{errc::invalid_argument, fmt::format("{}{}: {}", place_.prefix, variable_part(key), problem)};
  const auto* node = table_->get(key);
  throw error{errc::invalid_argument,
              fmt::format("{}: {}: {} {}", place(place_.path, (node != nullptr ? *node : *table_).source()),
                          place_.name, key, problem)};
}

const toml::node* section::find(const std::string& key) {
  known_.insert(key);
  asked_->keys[place_.kind].insert(key);
  if (place_.prefix.empty()) return table_->get(key);
  const auto name = place_.prefix + variable_part(key);
  asked_->variables.insert(name);
  const auto variable = variables_->find(name);
  if (variable == variables_->end()) return table_->get(key);
  if (!overrides_.contains(key)) {
    try {
      const auto parsed = toml::parse("value = " + variable->second + "\n");
      parsed.get("value")->visit([&](const auto& value) { overrides_.insert_or_assign(key, value); });
    } catch (const toml::parse_error&) {
      overrides_.insert_or_assign(key, variable->second);  // plain text needs no quotes
    }
  }
  return overrides_.get(key);
}

std::vector<const toml::node*> section::elements(const std::string& key) {
  std::vector<const toml::node*> found;
  const auto* node = find(key);
  if (node == nullptr) return found;
  if (const auto* array = node->as_array())
    for (const auto& element : *array) found.push_back(&element);
  else
    found.push_back(node);
  return found;
}

std::optional<std::string> section::text(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (node->is_string()) return node->value<std::string>();
  // A variable that looks like a number, such as a password of digits, is a text where one is wanted.
  if (!overrides_.contains(key)) fail(key, "must be a text");
  return variables_->at(place_.prefix + variable_part(key));
}

std::optional<std::int64_t> section::integer(const std::string& key, std::int64_t least, std::int64_t most) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->is_integer() ? node->value<std::int64_t>() : std::nullopt;
  if (!value || *value < least || *value > most)
    fail(key, fmt::format("must be a whole number from {} to {}", least, most));
  return value;
}

std::optional<double> section::number(const std::string& key, double least) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->is_number() ? node->value<double>() : std::nullopt;
  if (!value || !std::isfinite(*value) || *value < least)
    fail(key, fmt::format("must be a number of at least {}", least));
  return value;
}

std::optional<bool> section::flag(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_boolean()) fail(key, "must be true or false");
  return node->value<bool>();
}

std::optional<duration> section::span(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  std::optional<duration> value;
  if (node->is_number()) value = to_span(*node->value<double>());
  if (node->is_string()) value = parse_span(*node->value<std::string>());
  if (!value) fail(key, "must be a time such as \"90s\", \"15min\" or \"2h\"");
  return value;
}

std::string section::text_of(const std::string& key, const toml::node& node) const {
  if (node.is_string()) return *node.value<std::string>();
  if (node.is_boolean()) return *node.value<bool>() ? "true" : "false";
  if (!node.is_number()) fail(key, "must hold texts, numbers, or true and false");
  std::ostringstream text;
  if (node.is_integer())
    text << *node.value<std::int64_t>();
  else
    text << *node.value<double>();
  return std::move(text).str();
}

std::vector<std::string> section::texts(const std::string& key) {
  std::vector<std::string> result;
  for (const auto* element : elements(key)) result.push_back(text_of(key, *element));
  return result;
}

std::vector<std::int32_t> section::clocks(const std::string& key) {
  std::vector<std::int32_t> result;
  for (const auto* element : elements(key)) {
    std::optional<std::int32_t> time;
    if (const auto* native = element->as_time()) time = seconds_of(native->get());
    if (element->is_string()) time = parse_clock(*element->value<std::string>());
    if (!time) fail(key, "must be a time of day such as \"08:30\"");
    result.push_back(*time);
  }
  return result;
}

std::vector<std::int32_t> section::dates(const std::string& key) {
  std::vector<std::int32_t> result;
  for (const auto* element : elements(key)) {
    const auto* date = element->as_date();
    if (date == nullptr) fail(key, "must be a date such as 2026-12-25, without quotes");
    result.push_back((*date)->year * 10'000 + (*date)->month * 100 + (*date)->day);
  }
  return result;
}

std::vector<section> section::tables(const std::string& key) {
  std::vector<section> result;
  for (const auto* element : elements(key)) {
    const auto* table = element->as_table();
    if (table == nullptr) fail(key, "must be a table");
    result.emplace_back(*table,
                        section_place{place_.path, place_.kind + '.' + key, place_.name + ": " + key, {}},
                        *variables_, *asked_);
  }
  return result;
}

std::optional<std::uint64_t> section::megabytes(const std::string& key) {
  const auto count = integer(key, 0, most_megabytes);
  if (!count) return std::nullopt;
  return static_cast<std::uint64_t>(*count) * megabyte;
}

std::vector<std::pair<std::string, std::string>> section::pairs(const std::string& key) {
  std::vector<std::pair<std::string, std::string>> result;
  const auto* node = find(key);
  if (node == nullptr) return result;
  const auto* table = node->as_table();
  if (table == nullptr) fail(key, "must be a table, as in { at_least = 10 }");
  for (const auto& [name, value] : *table) result.emplace_back(std::string{name.str()}, text_of(key, value));
  return result;
}

void section::refuse_word(const std::string& key, const std::string& word,
                          const std::vector<std::string>& offered) const {
  fail(key, fmt::format("is \"{}\"; it must be one of {}{}", word, fmt::join(offered, ", "),
                        suggestion(word, offered)));
}

void section::check_keys() const {
  for (const auto& [key, node] : *table_)
    if (const std::string name{key.str()}; !known_.contains(name))
      throw error{errc::invalid_argument,
                  fmt::format("{}: {}: there is no key \"{}\"{}", place(place_.path, node.source()),
                              place_.name, name, suggestion(name, {known_.begin(), known_.end()}))};
}

}  // namespace stoker::configuration
