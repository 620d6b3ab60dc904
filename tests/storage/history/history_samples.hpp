// Records for tests of the history.
#pragma once

#include <random>

#include "messages/history.hpp"
#include "storage/history/history_store.hpp"

namespace stoker::test {

inline constexpr time_point sample_time{std::chrono::hours{24 * 365 * 55}};

inline key_statistics sample_record(const std::string& key, std::uint64_t count = 1) {
  key_statistics record;
  record.key = key;
  record.count = count;
  record.last_access = sample_time;
  return record;
}

// A record with every field set to something of any size.
inline key_statistics random_record(std::mt19937_64& random) {
  auto below = [&](std::uint64_t n) { return random() % n; };
  auto text = [&] {
    std::string bytes(below(20), '\0');
    for (auto& byte : bytes) byte = static_cast<char>(below(256));
    return bytes;
  };
  key_statistics record;
  record.key = text();
  record.count = random() >> below(64);
  record.misses = below(record.count + 1);
  record.rate_per_hour = static_cast<double>(random() >> below(64)) / 1000;
  record.last_access = sample_time + duration{static_cast<std::int64_t>(below(1ull << 60))};
  record.mean_interval_s = static_cast<double>(below(100000)) / 7;
  record.interval_variance_s2 = static_cast<double>(below(100000)) / 3;
  record.bytes = static_cast<std::uint32_t>(random());
  record.cost_us = static_cast<std::uint32_t>(random());
  for (auto& hour : record.hour_of_day) hour = static_cast<std::uint32_t>(random() >> below(64));
  for (std::uint32_t hour = 400000; hour < 400000 + below(48); ++hour)
    record.recent_hours.emplace_back(hour, static_cast<std::uint32_t>(random()));
  for (auto n = below(50); n > 0; --n)
    record.access_times.push_back(sample_time - std::chrono::milliseconds{random() % 1000000});
  for (auto n = below(10); n > 0; --n)
    record.co_accessed.emplace_back(text(), static_cast<std::uint32_t>(random()));
  for (auto n = below(4); n > 0; --n) record.tags.push_back(text());
  for (auto n = below(4); n > 0; --n)
    record.attributes.emplace_back(text(), -1.5 * static_cast<double>(below(1000)));
  return record;
}

inline bool same(const key_statistics& a, const key_statistics& b) {
  return a.key == b.key && a.count == b.count && a.misses == b.misses && a.rate_per_hour == b.rate_per_hour &&
         a.last_access == b.last_access && a.mean_interval_s == b.mean_interval_s &&
         a.interval_variance_s2 == b.interval_variance_s2 && a.bytes == b.bytes && a.cost_us == b.cost_us &&
         a.hour_of_day == b.hour_of_day && a.recent_hours == b.recent_hours &&
         a.access_times == b.access_times && a.co_accessed == b.co_accessed && a.tags == b.tags &&
         a.attributes == b.attributes;
}

// All records of a cache, page by page.
inline std::vector<key_statistics> all_records(const history_store& store, history_page_request request) {
  std::vector<key_statistics> records;
  for (history_page page; !page.done; request.cursor = page.cursor) {
    page = store.page(request);
    records.insert(records.end(), page.keys.begin(), page.keys.end());
  }
  return records;
}

inline std::vector<key_statistics> all_records(const history_store& store, const std::string& cache) {
  history_page_request request;
  request.cache = cache;
  return all_records(store, request);
}

}  // namespace stoker::test
