// Snapshots for tests.
#pragma once

#include <string>

#include "messages/key.hpp"
#include "messages/snapshot.hpp"

namespace stoker::test {

inline hot_set sample_hot_set(int keys) {
  hot_set hot;
  hot.cache = "pages";
  hot.taken_at = time_point{std::chrono::hours{500'000}};
  for (int i = 0; i < keys; ++i) {
    hot_key each;
    each.key = "key " + std::to_string(i) + std::string{"\0\xff", 2};
    each.rate_per_hour = 1000.0 / (i + 1);
    each.count = static_cast<std::uint64_t>(10 * (keys - i));
    each.last_access = hot.taken_at - std::chrono::seconds{i};
    each.ttl = std::chrono::minutes{i % 3};
    each.cost_us = static_cast<std::uint32_t>(i % 5000);
    each.bytes = static_cast<std::uint32_t>(100 + i);
    if (i % 4 == 0) each.tags = {"red", "tag " + std::to_string(i % 7)};
    hot.keys.push_back(std::move(each));
  }
  return hot;
}

inline bool same(const hot_key& a, const hot_key& b) {
  return a.key == b.key && a.rate_per_hour == b.rate_per_hour && a.count == b.count &&
         a.last_access == b.last_access && a.ttl == b.ttl && a.cost_us == b.cost_us && a.bytes == b.bytes &&
         a.tags == b.tags;
}

inline bool same(const hot_set& a, const hot_set& b) {
  if (a.cache != b.cache || a.taken_at != b.taken_at || a.keys.size() != b.keys.size()) return false;
  for (std::size_t i = 0; i < a.keys.size(); ++i)
    if (!same(a.keys[i], b.keys[i])) return false;
  return true;
}

// Puts the body's size and checksum into the header, as somebody who means harm would.
inline std::string resealed(std::string bytes) {
  const auto put = [&](std::size_t at, std::uint64_t number) {
    for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<char>(number >> (8 * i));
  };
  if (bytes.size() < 32) return bytes;
  put(16, bytes.size() - 32);
  put(24, hash_key(std::string_view{bytes}.substr(32)));
  return bytes;
}

}  // namespace stoker::test
