#include "storage/caches/application/application_wire.hpp"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace stoker {

namespace {

using json = nlohmann::json;

constexpr int contract = 1;               // the version, named in each request
constexpr double most_seconds = 3.2e9;    // a century
constexpr std::size_t shown_bytes = 300;  // of an application's error text

// Whether JSON can hold it as it is (RFC 3629: no overlong forms, no surrogates).
bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) {
      return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
    };
    const auto first = byte(0);
    const std::size_t length = first < 0x80       ? 1
                               : first >> 5 == 6  ? 2
                               : first >> 4 == 14 ? 3
                               : first >> 3 == 30 ? 4
                                                  : 0;
    if (length == 0 || at + length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i)
      if (byte(i) >> 6 != 2) return false;
    const bool overlong = (length == 2 && first < 0xc2) || (first == 0xe0 && byte(1) < 0xa0) ||
                          (first == 0xf0 && byte(1) < 0x90);
    const bool beyond =
        (first == 0xed && byte(1) > 0x9f) || first > 0xf4 || (first == 0xf4 && byte(1) > 0x8f);
    if (overlong || beyond) return false;
    at += length;
  }
  return true;
}

json key_object(std::string_view key) {
  if (is_utf8(key)) return {{"key", key}};
  return {{"key_base64", absl::Base64Escape({key.data(), key.size()})}};
}

std::optional<std::string> key_in(const json& object) {
  if (const auto plain = object.find("key"); plain != object.end() && plain->is_string())
    return plain->get<std::string>();
  const auto encoded = object.find("key_base64");
  std::string key;
  if (encoded == object.end() || !encoded->is_string() ||
      !absl::Base64Unescape(encoded->get<std::string>(), &key))
    return std::nullopt;
  return key;
}

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>().substr(0, shown_bytes) : "";
}

std::uint64_t count_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

// A number of seconds, or of thousandths of them.
duration span_in(const json& object, const char* name, double unit_s) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return duration::zero();
  const double seconds = found->get<double>() * unit_s;
  if (!(seconds > 0)) return duration::zero();
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>{std::min(seconds, most_seconds)});
}

application_answer garbled(std::string why) {
  application_answer result;
  result.why = trouble::garbled;
  result.error = std::move(why);
  return result;
}

application_item item_in(const json& object) {
  application_item item;
  item.told = true;
  item.outcome = text_in(object, "outcome");
  item.error = text_in(object, "error");
  item.bytes = count_in(object, "bytes");
  item.took = span_in(object, "took_ms", 0.001);
  item.ttl = span_in(object, "ttl_s", 1);
  return item;
}

}  // namespace

std::string application_request(const std::string& cache, const std::string& operation,
                                std::span<const std::string_view> keys) {
  json items = json::array();
  for (const auto key : keys) items.push_back(key_object(key));
  return json{{"stoker", contract}, {"cache", cache}, {"operation", operation}, {"items", std::move(items)}}
      .dump();
}

application_answer read_application_answer(std::string_view text, std::span<const std::string_view> keys) {
  const auto parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return garbled("the answer is no JSON object");
  const auto items = parsed.find("items");
  if (!keys.empty() && (items == parsed.end() || !items->is_array()))
    return garbled("the answer has no array \"items\"");
  application_answer result;
  result.instance = text_in(parsed, "instance");
  result.entries = count_in(parsed, "entries");
  result.flushes = count_in(parsed, "flushes");
  result.items.resize(keys.size());
  if (keys.empty()) return result;
  std::unordered_map<std::string, application_item> told;
  for (const auto& object : *items)
    if (object.is_object())
      if (auto key = key_in(object)) told.emplace(*std::move(key), item_in(object));
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const auto found = told.find(std::string{keys[i]}); found != told.end())
      result.items[i] = found->second;
  return result;
}

remote_outcome outcome_of(const application_item& item) {
  const auto refused = [](trouble why) { return remote_outcome{fill_result::refused, why}; };
  if (!item.told) return refused(trouble::garbled);
  if (item.outcome == "stored") {
    remote_outcome stored{fill_result::stored};
    stored.bytes = item.bytes;
    stored.took = item.took;
    return stored;
  }
  if (item.outcome == "present") return {fill_result::present};
  if (item.outcome == "fenced") return {fill_result::fenced};
  if (item.outcome == "too_large") return {fill_result::too_large};
  if (item.outcome == "failed") return refused(trouble::unavailable);
  if (item.outcome == "absent" || item.outcome == "refused") return refused(trouble::rejected);
  return refused(trouble::garbled);
}

remote_look look_of(const application_item& item) {
  if (item.outcome == "present") return {residency::present, trouble::none, item.ttl};
  if (item.outcome == "absent") return {residency::absent};
  return {residency::unknown, trouble::garbled};
}

}  // namespace stoker
