#include "apps/control/json.hpp"

#include <fmt/chrono.h>

#include <absl/strings/escaping.h>

namespace stoker::control {

namespace {

// Bytes that follow the first of a UTF-8 sequence; negative: it can't be a first one.
int following_bytes(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xC2 && first <= 0xDF) return 1;
  if (first >= 0xE0 && first <= 0xEF) return 2;
  if (first >= 0xF0 && first <= 0xF4) return 3;
  return -1;
}

// The second byte tells overlong forms, surrogates, and what lies beyond Unicode.
bool second_fits(unsigned char first, unsigned char second) {
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  return second >= low && second <= high;
}

}  // namespace

json instant(time_point at) {
  if (at == time_point{}) return nullptr;
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(at - whole).count();
  const std::time_t since_epoch = whole.time_since_epoch().count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(since_epoch), rest);
}

double seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

json known(double figure) {
  if (figure < 0) return nullptr;
  return figure;
}

json known(std::int64_t figure) {
  if (figure < 0) return nullptr;
  return figure;
}

json ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return nullptr;
  return static_cast<double>(part) / static_cast<double>(whole);
}

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto first = static_cast<unsigned char>(bytes[at++]);
    const int rest = following_bytes(first);
    if (rest < 0 || at + static_cast<std::size_t>(rest) > bytes.size()) return false;
    for (int i = 0; i < rest; ++i) {
      const auto next = static_cast<unsigned char>(bytes[at++]);
      if ((next & 0xC0) != 0x80 || (i == 0 && !second_fits(first, next))) return false;
    }
  }
  return true;
}

std::string to_base64(std::string_view bytes) {
  return absl::Base64Escape(absl::string_view{bytes.data(), bytes.size()});
}

json key_name(const std::string& key) {
  if (is_utf8(key)) return key;
  return {{"key_base64", to_base64(key)}};
}

void put_key(json& into, const char* name, const std::string& key) {
  if (is_utf8(key))
    into[name] = key;
  else
    into[std::string{name} + "_base64"] = to_base64(key);
}

json counted_keys(const std::vector<std::pair<std::string, std::uint32_t>>& keys) {
  return list(keys, [](const auto& each) {
    json row;
    put_key(row, "key", each.first);
    row["count"] = each.second;
    return row;
  });
}

json hours(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& accesses) {
  return list(accesses, [](const auto& each) {
    return json{{"hour", each.first}, {"accesses", each.second}};
  });
}

json by_name(const std::vector<std::pair<std::string, double>>& figures) {
  auto all = json::object();
  for (const auto& [name, figure] : figures) all[name] = figure;
  return all;
}

std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace stoker::control
