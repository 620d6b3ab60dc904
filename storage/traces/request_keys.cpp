#include "storage/traces/request_keys.hpp"

#include <algorithm>
#include <charconv>

#include "messages/error.hpp"

namespace stoker {

namespace {

constexpr std::uint32_t first_failure = 400;  // status codes from here on are failures

// RFC 3986, section 2.1; what is no escape stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const auto* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

request_keys::request_keys() : methods_{"GET", "HEAD"} {}

request_keys::request_keys(const std::vector<request_rule>& rules, std::vector<std::string> methods)
    : methods_(std::move(methods)) {
  if (methods_.empty())
    throw error{errc::invalid_argument, "request keys: without a method no request would ask for a key"};
  for (const auto& each : rules) {
    key_pattern path{each.path};
    text_template key{each.key, path, insertion::verbatim};
    rules_.push_back({std::move(path), std::move(key), each.path.find('?') != std::string::npos});
  }
}

bool request_keys::is_read(const log_entry& entry) const {
  if (entry.status >= first_failure) return false;
  return entry.method.empty() || std::find(methods_.begin(), methods_.end(), entry.method) != methods_.end();
}

std::optional<std::string_view> request_keys::key_of(const log_entry& entry, std::string& room) const {
  if (rules_.empty()) return entry.key;
  const auto path = entry.key.substr(0, entry.key.find('?'));
  for (const auto& each : rules_) {
    auto parts = each.path.match(each.with_query ? entry.key : path);
    if (!parts) continue;
    std::vector<std::string> decoded(parts->size());
    for (std::size_t i = 1; i < parts->size(); ++i) (*parts)[i] = decoded[i] = percent_decoded((*parts)[i]);
    auto key = each.key.fill(*parts);
    if (!key) return std::nullopt;
    room = *std::move(key);
    return room;
  }
  return std::nullopt;
}

}  // namespace stoker
