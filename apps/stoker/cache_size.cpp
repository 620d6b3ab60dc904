#include "apps/stoker/cache_size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

namespace {

// Beyond this a double no longer counts single entries, and no machine holds them.
constexpr double most_entries = 1e15;

[[noreturn]] void reject(std::string_view text) {
  throw usage_error(
      fmt::format("--cache-size: expected entries, such as 1000, or a share of the keys, such as 5%; "
                  "both above 0; found '{}'",
                  text));
}

template <class Number>
Number parse_whole(std::string_view digits, std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) reject(text);
  return number;
}

std::uint64_t share_of(std::uint64_t distinct_keys, std::string_view percent, std::string_view text) {
  const auto number = parse_whole<double>(percent, text);
  // A product that should be whole may come out a hair below it: 29 % of 100 keys are 29.
  constexpr double rounding_slack = 1e-9;
  const auto entries = static_cast<double>(distinct_keys) * number / 100 * (1 + rounding_slack);
  if (!std::isfinite(number) || number <= 0 || entries > most_entries) reject(text);
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(entries));
}

}  // namespace

std::uint64_t parse_cache_size(std::string_view text, std::uint64_t distinct_keys) {
  if (text.ends_with('%')) return share_of(distinct_keys, text.substr(0, text.size() - 1), text);
  const auto entries = parse_whole<std::uint64_t>(text, text);
  if (entries == 0 || static_cast<double>(entries) > most_entries) reject(text);
  return entries;
}

}  // namespace stoker::cli
