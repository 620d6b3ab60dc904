// What is kept of every tracked key: one cache line, the only one that an access changes as a rule.
//
// Accesses at one instant (one batch has one time) count as one arrival for the interval statistics, so
// intervals have the resolution of the batches, some milliseconds. Threads: one. Time: nanoseconds since the
// epoch.
#pragma once

#include <cstdint>

#include "messages/access.hpp"
#include "messages/time.hpp"

namespace stoker {

inline constexpr std::int64_t hour_ns = 3'600'000'000'000;

// Cache numbers are below; a record with this one is free.
inline constexpr std::uint16_t no_cache = 0xFFFF;

// The interval statistics weigh like plain ones (Welford 1962) up to this many intervals, then newer ones
// weigh more (West 1979, with a constant weight of 1/16): a key that changes its habit is believed after some
// 16 accesses.
inline constexpr std::uint32_t interval_memory = 16;

struct alignas(64) key_record {
  std::uint64_t hash = 0;
  std::int64_t last_access_ns = 0;
  double rate_per_hour = 0;  // as of last_access_ns
  std::uint64_t count : 40 = 0;
  std::uint64_t cache : 16 = no_cache;
  std::uint64_t intervals : 4 = 0;  // seen so far, up to interval_memory - 1
  std::uint64_t dirty : 1 = 0;      // changed since it was last handed to the historian
  std::uint64_t hot : 1 = 0;        // `side` is a hot entry, else it holds the hour counts
  std::uint64_t restored : 1 = 0;   // holds what history knew of it
  std::uint64_t described : 1 = 0;  // has tags or attributes
  std::uint32_t misses = 0;
  std::uint32_t hour_count = 0;  // accesses in the hour of last_access_ns, not yet in the hour counts
  float mean_interval_s = 0;
  float interval_variance_s2 = 0;
  std::uint32_t bytes = 0;
  std::uint32_t cost_us = 0;
  std::uint32_t name = 0;
  std::uint32_t side = 0xFFFF'FFFF;  // no_slot: no hour counts yet
};

static_assert(sizeof(key_record) == 64);

// How rates fall: what all records of a table share.
struct rate_decay {
  explicit rate_decay(duration half_life);

  double half_life_ns;
  double rate_per_access;  // in accesses an hour: a steady stream of r an hour comes to a rate of r

  double factor(std::int64_t elapsed_ns) const noexcept;
  // Orders records by their decayed rate without knowing the time: the doublings of its rate. Lowest: never
  // accessed.
  double heat(const key_record& record) const noexcept;
  double rate_at(const key_record& record, std::int64_t now_ns) const noexcept;
};

// Counts an access. REQUIRES: the hour of last_access_ns is the hour of now_ns, or hour_count is 0.
void count_access(key_record& record, const access_record& access, std::int64_t now_ns,
                  const rate_decay& decay);

// Takes one interval into mean and variance.
void add_interval(key_record& record, double seconds) noexcept;

// A new load time, smoothed: each weighs a quarter.
void add_cost(key_record& record, std::uint32_t cost_us) noexcept;

inline std::uint32_t hour_of(std::int64_t time_ns) noexcept {
  return static_cast<std::uint32_t>(time_ns / hour_ns);
}

inline std::int64_t to_ns(time_point time) noexcept {
  return time.time_since_epoch().count();
}
inline time_point to_time(std::int64_t ns) noexcept {
  return time_point{duration{ns}};
}

}  // namespace stoker
