#include "apps/control/fields.hpp"

#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace stoker::control {

namespace {

constexpr int deepest_nesting = 16;         // our own bodies need four
constexpr std::size_t most_texts = 10'000;  // in one list
constexpr double longest_s = 10.0 * 366 * 86'400;

std::string nearest(const std::vector<std::string>& known) {
  std::vector<std::string_view> all{known.begin(), known.end()};
  return alternatives(all);
}

std::string decoded(const std::string& text, const std::string& path) {
  const absl::string_view given{text.data(), text.size()};
  std::string bytes;
  // Within an address, the alphabet without + and / is the one that needs no escapes.
  if (absl::Base64Unescape(given, &bytes) || absl::WebSafeBase64Unescape(given, &bytes)) return bytes;
  throw bad_field(path, "base64");
}

template <class Number>
Number whole_number(const parsed& given, const std::string& path, Number least, Number most) {
  const auto expected = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  if (given.is_number_unsigned()) {
    const auto value = given.get<std::uint64_t>();
    if (value <= static_cast<std::uint64_t>(most)) return static_cast<Number>(value);
  } else if (given.is_number_integer()) {  // a negative one
    const auto value = given.get<std::int64_t>();
    if (std::is_signed_v<Number> && value >= static_cast<std::int64_t>(least))
      return static_cast<Number>(value);
  }
  throw bad_field(path, expected);
}

std::string key_of(const parsed& given, const std::string& path) {
  if (given.is_string()) return given.get<std::string>();
  if (given.is_object() && given.size() == 1 && given.contains("key_base64") &&
      given["key_base64"].is_string())
    return decoded(given["key_base64"].get<std::string>(), path + ".key_base64");
  throw bad_field(path, "a string, or an object with key_base64");
}

const parsed& array_of(const parsed& given, const std::string& path) {
  if (!given.is_array() || given.size() > most_texts)
    throw bad_field(path, "an array of at most " + std::to_string(most_texts) + " strings");
  return given;
}

void check_nesting(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\')
      ++at;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '[' || c == '{') && ++depth > deepest_nesting)
      throw bad_field("body", "JSON, with at most " + std::to_string(deepest_nesting) + " levels");
    else if (!quoted && (c == ']' || c == '}'))
      --depth;
  }
}

}  // namespace

parsed parse_body(std::string_view text) {
  check_nesting(text);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return parsed::object();
  try {
    return parsed::parse(text.begin(), text.end());
  } catch (const parsed::parse_error& failure) {
    throw refused{
        {400, "invalid_argument", std::string{"The body is no JSON: "} + failure.what(), "body", "JSON"}};
  }
}

std::string alternatives(const std::vector<std::string_view>& all) {
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) text += i + 1 == all.size() ? " or " : ", ";
    text += all[i];
  }
  return text;
}

fields::fields(const parsed& object, std::string path) : object_(object), path_(std::move(path)) {
  if (!object.is_object()) throw bad_field(path_.empty() ? "body" : path_, "an object");
}

std::string fields::path_of(const std::string& name) const {
  return path_.empty() ? name : path_ + "." + name;
}

const parsed* fields::find(const char* name) {
  known_.emplace_back(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

bool fields::has(const char* name) {
  return find(name) != nullptr;
}

void fields::read(const char* name, std::string& into) {
  const auto* found = find(name);
  if (!found) return;
  if (!found->is_string()) throw bad_field(path_of(name), "a string");
  into = found->get<std::string>();
}

void fields::read(const char* name, bool& into) {
  const auto* found = find(name);
  if (!found) return;
  if (!found->is_boolean()) throw bad_field(path_of(name), "true or false");
  into = found->get<bool>();
}

void fields::read(const char* name, double& into, double least, double most) {
  const auto* found = find(name);
  if (!found) return;
  const auto value = found->is_number() ? found->get<double>() : std::nan("");
  if (!(value >= least && value <= most)) {  // false for what is no number, too
    const bool bounded = most < std::numeric_limits<double>::max();
    throw bad_field(path_of(name), bounded ? fmt::format("a number from {} to {}", least, most) : "a number");
  }
  into = value;
}

void fields::read(const char* name, std::uint64_t& into, std::uint64_t most) {
  if (const auto* found = find(name)) into = whole_number<std::uint64_t>(*found, path_of(name), 0, most);
}

void fields::read(const char* name, std::uint32_t& into, std::uint32_t most) {
  if (const auto* found = find(name)) into = whole_number<std::uint32_t>(*found, path_of(name), 0, most);
}

void fields::read(const char* name, std::int32_t& into) {
  if (const auto* found = find(name))
    into = whole_number<std::int32_t>(*found, path_of(name), std::numeric_limits<std::int32_t>::min(),
                                      std::numeric_limits<std::int32_t>::max());
}

void fields::read(const char* name, std::vector<std::string>& into) {
  const auto* found = find(name);
  if (!found) return;
  const auto path = path_of(name);
  into.clear();
  for (const auto& each : array_of(*found, path)) {
    if (!each.is_string()) throw bad_field(path + "[" + std::to_string(into.size()) + "]", "a string");
    into.push_back(each.get<std::string>());
  }
}

void fields::read(const char* name, duration& into) {
  double span = -1;
  if (!has(name)) return;
  read(name, span, 0, longest_s);
  into = std::chrono::duration_cast<duration>(std::chrono::duration<double>(span));
}

bool fields::read_key(const std::string& name, std::string& into) {
  const auto* plain = find(name.c_str());
  const auto* encoded = find((name + "_base64").c_str());
  if (plain && encoded) throw bad_field(path_of(name + "_base64"), "left out where " + name + " is given");
  if (plain && !plain->is_string()) throw bad_field(path_of(name), "a string");
  if (encoded && !encoded->is_string()) throw bad_field(path_of(name + "_base64"), "base64");
  if (plain) into = plain->get<std::string>();
  if (encoded) into = decoded(encoded->get<std::string>(), path_of(name + "_base64"));
  return plain || encoded;
}

void fields::read_keys(const char* name, std::vector<std::string>& into) {
  const auto* found = find(name);
  if (!found) return;
  const auto path = path_of(name);
  into.clear();
  for (const auto& each : array_of(*found, path))
    into.push_back(key_of(each, path + "[" + std::to_string(into.size()) + "]"));
}

void fields::done() const {
  for (const auto& [name, value] : object_.items())
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      throw bad_field(path_of(name), "left out; there are " + nearest(known_));
}

std::string query::text(const std::string& name, const std::string& otherwise) {
  known_.push_back(name);
  const auto found = given_.find(name);
  if (found == given_.end()) return otherwise;
  if (given_.count(name) > 1) throw bad_field(name, "given once");
  return found->second;
}

std::uint64_t query::integer(const std::string& name, std::uint64_t otherwise, std::uint64_t least,
                             std::uint64_t most) {
  if (given_.count(name) == 0) {
    known_.push_back(name);
    return otherwise;
  }
  const auto given = text(name);
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (failure != std::errc{} || end != given.data() + given.size() || value < least || value > most)
    throw bad_field(name, fmt::format("a whole number from {} to {}", least, most));
  return value;
}

double query::number(const std::string& name, double otherwise, double least, double most) {
  if (given_.count(name) == 0) {
    known_.push_back(name);
    return otherwise;
  }
  const auto given = text(name);
  double value = 0;
  const auto [end, failure] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (failure != std::errc{} || end != given.data() + given.size() || !(value >= least && value <= most))
    throw bad_field(name, fmt::format("a number from {} to {}", least, most));
  return value;
}

std::vector<std::string> query::texts(const std::string& name) {
  known_.push_back(name);
  std::vector<std::string> all;
  for (auto [at, end] = given_.equal_range(name); at != end; ++at) all.push_back(at->second);
  return all;
}

std::vector<std::string> query::keys(const std::string& name) {
  auto all = texts(name);
  for (const auto& each : texts(name + "_base64")) all.push_back(decoded(each, name + "_base64"));
  return all;
}

void query::done() const {
  for (const auto& [name, value] : given_)
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      throw bad_field(name, known_.empty() ? "left out: there are no parameters"
                                           : "left out; there are " + nearest(known_));
}

}  // namespace stoker::control
