// How a key's statistics leave the table for history, and how they come back.
#include <algorithm>
#include <numeric>

#include "actors/tracking/tracked_keys.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr std::uint64_t largest_count = (1ull << 40) - 1;
constexpr std::uint32_t largest_misses = 0xFFFF'FFFF;

std::uint64_t capped_sum(std::uint64_t left, std::uint64_t right, std::uint64_t most) {
  return std::min(left + std::min(right, most), most);
}

std::uint32_t intervals_of(const key_statistics& known) {
  const std::uint64_t intervals = known.mean_interval_s > 0 && known.count > 1 ? known.count - 1 : 0;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(intervals, interval_memory - 1));
}

void add_recent_hours(key_statistics& to, const hour_counts& counts) {
  const std::uint32_t newest = counts.newest_hour();
  for (std::uint32_t back = hour_counts::recent_span; back-- > 0;)
    if (newest >= back)
      if (const std::uint32_t accesses = counts.recent(newest - back))
        to.recent_hours.emplace_back(newest - back, accesses);
}

void add_pending_hour(key_statistics& to, std::uint32_t hour, std::uint32_t accesses) {
  if (accesses == 0) return;
  to.hour_of_day[hour % 24] += accesses;
  if (!to.recent_hours.empty() && to.recent_hours.back().first == hour)
    to.recent_hours.back().second += accesses;
  else
    to.recent_hours.emplace_back(hour, accesses);
}

}  // namespace

key_statistics tracked_keys::statistics(std::uint32_t slot) const {
  const key_record& record = records_[slot];
  key_statistics result;
  result.key = name(slot);
  result.count = record.count;
  result.misses = record.misses;
  result.rate_per_hour = record.rate_per_hour;
  result.last_access = to_time(record.last_access_ns);
  result.mean_interval_s = record.mean_interval_s;
  result.interval_variance_s2 = record.interval_variance_s2;
  result.bytes = record.bytes;
  result.cost_us = record.cost_us;
  if (const hour_counts* counts = known_hours(record)) {
    for (std::uint32_t hour = 0; hour < 24; ++hour) result.hour_of_day[hour] = counts->hour_of_day(hour);
    add_recent_hours(result, *counts);
  }
  add_pending_hour(result, hour_of(record.last_access_ns), record.hour_count);
  if (const key_details* said = details(slot)) {
    result.tags = said->tags;
    result.attributes = said->attributes;
  }
  if (!record.hot) return result;

  const hot_entry& hot = hot_[record.side];
  if (record.count > 0) result.access_times = hot.times.times(result.last_access);
  hot.co_accessed.for_each([&](std::uint32_t name, std::uint32_t count) {
    result.co_accessed.emplace_back(hot_.names().get(name), count);
  });
  std::sort(result.co_accessed.begin(), result.co_accessed.end(), [](const auto& left, const auto& right) {
    return left.second != right.second ? left.second > right.second : left.first < right.first;
  });
  return result;
}

bool tracked_keys::restore(std::uint16_t cache, const key_statistics& known) {
  const std::uint32_t slot = add(cache, hash_key(known.key), known.key);
  if (records_[slot].restored) return false;
  records_[slot].restored = 1;
  // In this order: hours and times are told by the last access that was counted since, if any.
  restore_hours(slot, known);
  restore_hot(slot, known);
  restore_intervals(slot, known);
  restore_counts(slot, known);
  restore_details(slot, known);
  return true;
}

void tracked_keys::restore_counts(std::uint32_t slot, const key_statistics& known) {
  key_record& record = records_[slot];
  const std::int64_t known_last_ns = to_ns(known.last_access);
  const bool changed_since = record.count > 0;
  if (known_last_ns > record.last_access_ns) {
    record.rate_per_hour *= decay_.factor(known_last_ns - record.last_access_ns);
    record.rate_per_hour += known.rate_per_hour;
    record.last_access_ns = known_last_ns;
    recent_.lose(known_last_ns);
  } else {
    record.rate_per_hour += known.rate_per_hour * decay_.factor(record.last_access_ns - known_last_ns);
  }
  record.count = capped_sum(record.count, known.count, largest_count);
  record.misses = static_cast<std::uint32_t>(capped_sum(record.misses, known.misses, largest_misses));
  if (record.bytes == 0) record.bytes = known.bytes;
  if (record.cost_us == 0) record.cost_us = known.cost_us;
  if (changed_since) mark_changed(slot);
}

// Pools both samples by how many intervals each has seen; the time between them, when nobody counted, is
// none.
void tracked_keys::restore_intervals(std::uint32_t slot, const key_statistics& known) {
  key_record& record = records_[slot];
  const double before = intervals_of(known);
  const double since = record.intervals;
  if (before == 0) return;
  const double all = before + since;
  const double mean = (before * known.mean_interval_s + since * record.mean_interval_s) / all;
  const auto spread = [&](double variance, double own_mean) {
    return variance + (own_mean - mean) * (own_mean - mean);
  };
  const double variance = (before * spread(known.interval_variance_s2, known.mean_interval_s) +
                           since * spread(record.interval_variance_s2, record.mean_interval_s)) /
                          all;
  record.mean_interval_s = static_cast<float>(mean);
  record.interval_variance_s2 = static_cast<float>(variance);
  record.intervals = static_cast<std::uint32_t>(std::min<double>(all, interval_memory - 1)) & 0xF;
}

void tracked_keys::restore_hours(std::uint32_t slot, const key_statistics& known) {
  if (known.count == 0) return;
  key_record& record = records_[slot];
  hour_counts& counts = hours(record);
  for (const auto& [hour, accesses] : known.recent_hours) counts.add_recent(hour, accesses);
  counts.add_day(known.hour_of_day, record.hash);
}

void tracked_keys::restore_hot(std::uint32_t slot, const key_statistics& known) {
  key_record& record = records_[slot];
  const bool was_hot = !known.access_times.empty() || !known.co_accessed.empty();
  if (!record.hot && was_hot && !hot_.full()) make_hot(slot);
  if (!record.hot || !was_hot) return;

  hot_entry& hot = hot_[record.side];
  auto times = known.access_times;
  if (record.count > 0) {
    const auto since = hot.times.times(to_time(record.last_access_ns));
    times.insert(times.end(), since.begin(), since.end());
  }
  hot.times.assign(times);
  for (const auto& [name, count] : known.co_accessed)
    hot_.co_access_named(record.side, hash_key(name), name, count);
}

// What the host says now stands; history adds what it does not say.
void tracked_keys::restore_details(std::uint32_t slot, const key_statistics& known) {
  if (known.tags.empty() && known.attributes.empty()) return;
  const key_details* found = details(slot);
  const key_details said = found ? *found : key_details{};
  const bool was_changed = records_[slot].dirty;
  describe(slot, known.tags, known.attributes);
  describe(slot, said.tags, said.attributes);
  if (!was_changed && !found) unmark_changed(slot);
}

std::size_t tracked_keys::memory_bytes() const noexcept {
  // flat_hash_map: a slot and a control byte for each place.
  std::size_t bytes = key_memory_bytes() + hot_.memory_bytes() + recent_slots::memory_bytes() +
                      details_.capacity() * (sizeof(*details_.begin()) + 1);
  const auto text_bytes = [](const std::string& text) {
    return text.capacity() > std::string{}.capacity() ? text.capacity() + 1 : 0;
  };
  for (const auto& [slot, said] : details_) {
    bytes +=
        said.tags.capacity() * sizeof(std::string) + said.attributes.capacity() * sizeof(said.attributes[0]);
    for (const auto& tag : said.tags) bytes += text_bytes(tag);
    for (const auto& attribute : said.attributes) bytes += text_bytes(attribute.first);
  }
  return bytes;
}

}  // namespace stoker
