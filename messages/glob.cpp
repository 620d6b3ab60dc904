#include "messages/glob.hpp"

#include <algorithm>
#include <optional>

namespace stoker {

namespace {

bool in_range(unsigned char first, unsigned char c, unsigned char last) {
  return first <= c && c <= last;
}

// Where the set that begins at pattern[at] == '[' ends, past its ']'; npos: it is never closed. A ']' that
// comes first belongs to the set.
std::size_t end_of_set(std::string_view pattern, std::size_t at) {
  auto first = at + 1;
  if (first < pattern.size() && pattern[first] == '!') ++first;
  const auto close = pattern.find(']', first + 1);
  return close == std::string_view::npos ? close : close + 1;
}

// REQUIRES: `set` is what stands between '[' and ']'.
bool in_set(std::string_view set, char c) {
  const auto negated = set.starts_with('!');
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool range = i + 2 < set.size() && set[i + 1] == '-';
    const char last = range ? set[i + 2] : set[i];
    found = found || in_range(static_cast<unsigned char>(set[i]), static_cast<unsigned char>(c),
                              static_cast<unsigned char>(last));
    if (range) i += 2;
  }
  return found != negated;
}

// The place after the one element at pattern[at], which is no star, when it matches `c`.
std::optional<std::size_t> match_one(std::string_view pattern, std::size_t at, char c) {
  if (pattern[at] == '?') return at + 1;
  if (pattern[at] == '[')
    if (const auto end = end_of_set(pattern, at); end != std::string_view::npos)
      return in_set(pattern.substr(at + 1, end - at - 2), c) ? std::optional{end} : std::nullopt;
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at] == c ? std::optional{at + 1} : std::nullopt;
}

}  // namespace

// Only the latest star is ever stretched: what an earlier one could take, the later one can take as well.
bool matches_glob(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  auto star = std::string_view::npos;  // after the latest star
  std::size_t taken = 0;               // up to where in the text it reaches
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      taken = t;
    } else if (const auto next = p < pattern.size() ? match_one(pattern, p, text[t]) : std::nullopt) {
      p = *next;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool matches_any_glob(const std::vector<std::string>& patterns, std::string_view text) noexcept {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches_glob(pattern, text); });
}

}  // namespace stoker
