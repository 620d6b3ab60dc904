#include "storage/http/http_freshness.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace stoker {

namespace {

// Longer is no answer to a busy moment, and would keep an origin away that has long recovered.
constexpr duration longest_retry_after = std::chrono::hours{1};
// RFC 9111, section 1.2.2: more seconds than this are taken for this many; here a bit above 68 years.
constexpr std::int64_t most_seconds = 2'147'483'648;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<duration> seconds_of(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  std::int64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (parsed.ec != std::errc{}) count = most_seconds;
  return std::chrono::seconds{std::min(count, most_seconds)};
}

bool same_word(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

struct directives {
  bool no_store = false;
  bool is_private = false;
  bool no_cache = false;
  std::optional<duration> max_age;
  std::optional<duration> s_maxage;
};

void take_directive(directives& into, std::string_view one) {
  const auto equals = one.find('=');
  const auto name = trimmed(one.substr(0, equals));
  const auto argument = equals == std::string_view::npos ? std::string_view{} : one.substr(equals + 1);
  if (same_word(name, "no-store")) into.no_store = true;
  if (same_word(name, "private")) into.is_private = true;
  if (same_word(name, "no-cache")) into.no_cache = true;
  // One that can't be read makes the answer stale (section 4.2.1).
  if (same_word(name, "max-age")) into.max_age = seconds_of(argument).value_or(duration::zero());
  if (same_word(name, "s-maxage")) into.s_maxage = seconds_of(argument).value_or(duration::zero());
}

directives directives_of(std::string_view text) {
  directives result;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    take_directive(result, text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return result;
}

}  // namespace

std::optional<time_point> http_date(std::string_view text) {
  // Dates begin with the name of a day; curl_getdate() reads bare numbers and much else as dates, too.
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return std::nullopt;
  const auto seconds = curl_getdate(std::string{text}.c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return time_point{std::chrono::seconds{seconds}};
}

http_freshness freshness_of(const http_headers& headers, time_point now) {
  const auto said = directives_of(headers.get("cache-control"));
  http_freshness result;
  result.forbidden = said.no_store || said.is_private;
  result.age = seconds_of(headers.get("age"));
  if (said.no_cache)
    result.lifetime = duration::zero();
  else if (said.s_maxage)
    result.lifetime = said.s_maxage;
  else if (said.max_age)
    result.lifetime = said.max_age;
  else if (headers.has("expires")) {
    const auto expires = http_date(headers.get("expires"));
    const auto date = http_date(headers.get("date")).value_or(now);
    result.lifetime = expires ? std::max(duration::zero(), *expires - date) : duration::zero();
  }
  return result;
}

std::optional<duration> retry_after_of(const http_headers& headers, time_point now) {
  const auto text = headers.get("retry-after");
  auto wait = seconds_of(text);
  if (!wait) {
    const auto then = http_date(text);
    if (!then) return std::nullopt;
    // The server's own clock, where it tells: ours may differ.
    wait = *then - http_date(headers.get("date")).value_or(now);
  }
  return std::clamp(*wait, duration::zero(), longest_retry_after);
}

}  // namespace stoker
