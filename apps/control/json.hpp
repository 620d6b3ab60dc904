// How values are written as JSON: times, spans, figures that may not be known, and keys, which are bytes.
//
// An encoder is a function `json to_json(const T&)`, in the namespace of T, so that lists of T find it; those
// of what the engine tells stand by topic in json_*.hpp. Fields keep the order in which they are put. Pure.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/time.hpp"

namespace stoker::control {

// For answers. Looking a field up takes time with their number: what clients send is parsed into
// nlohmann::json, where it doesn't.
using json = nlohmann::ordered_json;

// RFC 3339, UTC, milliseconds; null for the epoch, which stands for never.
json instant(time_point at);
// Seconds.
double seconds(duration span);
// Null for a negative figure, which stands for not known.
json known(double figure);
json known(std::int64_t figure);
// part / whole; null without a whole.
json ratio(std::uint64_t part, std::uint64_t whole);

bool is_utf8(std::string_view bytes);
std::string to_base64(std::string_view bytes);

// A key within a list: a string, or an object with `key_base64`.
json key_name(const std::string& key);
// A key as a field: `name`, or `name` + "_base64".
void put_key(json& into, const char* name, const std::string& key);
json counted_keys(const std::vector<std::pair<std::string, std::uint32_t>>& keys);
json hours(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& accesses);
json by_name(const std::vector<std::pair<std::string, double>>& figures);

// The text of an answer. Bytes in it that are no UTF-8 (words of an origin, say) are replaced.
std::string text_of(const json& value);

template <class T, class Encode>
json list(const std::vector<T>& items, Encode encode) {
  auto all = json::array();
  for (const auto& each : items) all.push_back(encode(each));
  return all;
}

template <class T>
json list(const std::vector<T>& items) {
  return list(items, [](const T& each) { return to_json(each); });
}

}  // namespace stoker::control
