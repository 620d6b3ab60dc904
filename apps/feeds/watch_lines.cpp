#include "apps/feeds/watch_lines.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "messages/key.hpp"
#include "storage/caches/memcached/meta_wire.hpp"

namespace stoker::feeds {

namespace {

constexpr std::size_t most_connections = 65'536;
constexpr std::size_t most_misses = 65'536;
// A set that comes later than this after its miss is taken for a miss of its own.
constexpr std::uint64_t most_lines_between = 10'000;

// Of "name=value", among words parted by blanks.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  for (std::size_t at = 0; at < line.size();) {
    const auto end = std::min(line.find(' ', at), line.size());
    const auto word = line.substr(at, end - at);
    if (word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=')
      return word.substr(name.size() + 1);
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_of(std::optional<std::string_view> text) {
  std::uint64_t number = 0;
  if (!text) return std::nullopt;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failed != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return number;
}

// As memcached encodes keys; false: it is not well-formed.
bool decode(std::string_view text, std::string& into) {
  into.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      into += text[i];
      continue;
    }
    unsigned byte = 0;
    if (i + 2 >= text.size()) return false;
    const auto* digits = text.data() + i + 1;
    if (std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2) return false;
    into += static_cast<char>(byte);
    i += 2;
  }
  return true;
}

}  // namespace

void watch_lines::reset() {
  own_.clear();
  last_miss_.clear();
}

watch_lines::verdict watch_lines::read(std::string_view line, reported_access& into) {
  ++lines_;
  if (line == "OK") return verdict::notice;
  if (const auto skipped = value_of(line, "skipped")) {
    const auto count = number_of(skipped);
    if (!count) return verdict::malformed;
    skipped_ = *count;
    reset();  // a connection may have been closed in what was skipped
    return verdict::skipped;
  }
  const auto type = value_of(line, "type");
  if (type == "item_get") return read_fetch(line, into);
  if (type != "conn_new" && type != "conn_close") return verdict::malformed;
  const auto connection = number_of(value_of(line, "cfd"));
  if (!connection) return verdict::malformed;
  own_.erase(*connection);
  return verdict::notice;
}

watch_lines::verdict watch_lines::read_fetch(std::string_view line, reported_access& into) {
  const auto key = value_of(line, "key");
  const auto status = value_of(line, "status");
  const auto connection = number_of(value_of(line, "cfd"));
  if (!key || !status || !connection || !decode(*key, key_)) return verdict::malformed;
  if (key_ == own_mark_key) {
    if (own_.size() < most_connections) own_.insert(*connection);
    return verdict::notice;
  }
  if (own_.contains(*connection) || !key_.starts_with(key_prefix_)) return verdict::left_out;
  const bool found = *status == "found";
  if (is_set_after_miss(*connection, found, hash_key(key_))) return verdict::left_out;
  into = {};
  into.key = std::string_view{key_}.substr(key_prefix_.size());
  into.outcome = found ? access_outcome::hit : access_outcome::miss;
  into.bytes = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(number_of(value_of(line, "size")).value_or(0), UINT32_MAX));
  return into.key.empty() ? verdict::left_out : verdict::access;
}

bool watch_lines::is_set_after_miss(std::uint64_t connection, bool found, std::uint64_t hash) {
  const auto name = hash ^ (connection * 0x9e3779b97f4a7c15ULL);
  const auto known = last_miss_.find(name);
  if (known != last_miss_.end()) {
    const bool recent = lines_ - known->second <= most_lines_between;
    last_miss_.erase(known);
    if (recent && !found) return true;
  }
  if (found) return false;
  if (last_miss_.size() >= most_misses) last_miss_.clear();
  last_miss_.emplace(name, lines_);
  return false;
}

}  // namespace stoker::feeds
