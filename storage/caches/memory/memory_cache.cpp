#include "storage/caches/memory/memory_cache.hpp"

#include <algorithm>
#include <bit>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "messages/key.hpp"
#include "storage/caches/memory/spin_lock.hpp"

namespace stoker {

namespace {

// A shard of at least this many entries is filled within 1.6 % (one standard deviation) of its even share.
constexpr std::size_t min_shard_entries = 4096;
// Room for that many entries of 4 KiB; and it bounds the largest value.
constexpr std::size_t min_shard_bytes = 16 * 1024 * 1024;
// With 16 shards a core two threads meet in one of them once in a hundred calls.
constexpr std::size_t shards_per_core = 16;
// Of the bytes of a shard: for its fence table, and for the departures it remembers.
constexpr std::size_t side_table_divisor = 100;
constexpr std::size_t entries_per_fence_set = 16;
constexpr std::size_t min_fence_sets = 16;
constexpr std::size_t max_fence_sets = 1024;
// Slots looked at under one lock when sweeping and listing: a few microseconds.
constexpr std::uint32_t slots_per_step = 128;

std::size_t chosen_shards(const memory_cache_config& config) {
  if (config.shards > 0) return config.shards;
  const std::size_t by_cores =
      std::bit_ceil(shards_per_core * std::max(1u, std::thread::hardware_concurrency()));
  const std::size_t room = config.capacity_entries > 0 ? config.capacity_entries / min_shard_entries
                                                       : config.capacity_bytes / min_shard_bytes;
  return std::min({by_cores, std::bit_floor(std::max<std::size_t>(1, room)), memory_cache::max_shards});
}

std::size_t chosen_fence_sets(const shard_limits& limits) {
  const std::size_t room = limits.entries > 0 ? limits.entries / entries_per_fence_set
                                              : limits.bytes / side_table_divisor / fence_table::memory_of(1);
  return std::clamp(std::bit_floor(std::max<std::size_t>(1, room)), min_fence_sets, max_fence_sets);
}

// The limits of shard `number`: an even share, the first ones with what does not divide.
shard_limits limits_of(const memory_cache_config& config, std::size_t shards, std::size_t number) {
  const auto share = [&](std::size_t whole) { return whole / shards + (number < whole % shards); };
  shard_limits limits;
  limits.bytes = share(config.capacity_bytes);
  limits.entries = share(config.capacity_entries);
  const std::size_t room = limits.bytes / side_table_divisor / sizeof(departure);
  limits.departures = limits.bytes > 0 ? std::min(share(config.departures), room) : share(config.departures);
  limits.fence_sets = chosen_fence_sets(limits);
  limits.ttl_jitter = config.ttl_jitter;
  limits.every_departure = config.every_departure;
  return limits;
}

[[noreturn]] void reject(const std::string& what) {
  throw std::invalid_argument("memory cache: " + what);
}

bool acceptable(std::string_view key, const entry_options& options) {
  return key.size() <= max_key_bytes && options.tags.size() <= memory_cache::max_tags;
}

}  // namespace

void validate(const memory_cache_config& config) {
  if (config.capacity_bytes == 0 && config.capacity_entries == 0)
    reject("the capacity is zero; set capacity_bytes or capacity_entries");
  if (config.capacity_bytes != 0 && config.capacity_entries != 0)
    reject("capacity_bytes and capacity_entries are both set; set one of them");
  if (config.shards > memory_cache::max_shards || (config.shards & (config.shards - 1)) != 0)
    reject("shards is " + std::to_string(config.shards) + "; it must be a power of two, at most " +
           std::to_string(memory_cache::max_shards) + ", or 0 to choose for you");
  const std::size_t least_of_shard =
      config.policy == eviction::learned ? memory_cache::min_learned_bytes : memory_cache::min_capacity_bytes;
  const std::size_t least = least_of_shard * std::max<std::size_t>(1, config.shards);
  if (config.capacity_bytes != 0 && config.capacity_bytes < least)
    reject("capacity_bytes is " + std::to_string(config.capacity_bytes) + "; it must be at least " +
           std::to_string(least));
  if (config.capacity_entries != 0 && config.capacity_entries < config.shards)
    reject("capacity_entries is " + std::to_string(config.capacity_entries) +
           ", less than one a shard; use fewer shards");
  if (!(config.ttl_jitter >= 0 && config.ttl_jitter < 1)) reject("ttl_jitter must be at least 0 and below 1");
}

// A line of its own for the lock and what it guards first; two, for cores that fetch lines in pairs.
struct alignas(128) memory_cache::guarded_shard {
  guarded_shard(const shard_limits& limits, std::unique_ptr<eviction_policy> policy)
      : content(limits, std::move(policy)) {}

  mutable spin_lock lock;
  cache_shard content;
};

memory_cache::guarded_shard& memory_cache::shard_of(std::uint64_t hash) const noexcept {
  return *shards_[(hash >> 1) >> shard_shift_];
}

// Runs one step under the shard's lock. Declared before the guard, the discarded values are freed after it.
template <class Step>
auto memory_cache::locked(std::uint64_t hash, Step&& step) const {
  guarded_shard& shard = shard_of(hash);
  discarded_values gone;
  const std::lock_guard guard(shard.lock);
  return step(shard.content, gone);
}

memory_cache::memory_cache(const memory_cache_config& config) : config_((validate(config), config)) {
  const std::size_t shards = chosen_shards(config);
  shard_shift_ = 63 - std::countr_zero(shards);
  auto policies = make_eviction_policies(config.policy, shards, config.prefetched_first_to_go);
  for (std::size_t i = 0; i < shards; ++i)
    shards_.push_back(std::make_unique<guarded_shard>(limits_of(config, shards, i), std::move(policies[i])));
}

memory_cache::~memory_cache() = default;

lookup_result memory_cache::get(std::string_view key, time_point now) {
  return get(key, hash_key(key), now);
}

lookup_result memory_cache::get(std::string_view key, std::uint64_t hash, time_point now) {
  return locked(hash, [&](cache_shard& s, discarded_values& gone) { return s.get({key, hash}, now, gone); });
}

lookup_result memory_cache::get_or_fill(std::string_view key, std::uint64_t hash, const value& bytes,
                                        const entry_options& options, time_point now) {
  if (!acceptable(key, options)) return get(key, hash, now);
  return locked(hash, [&](cache_shard& s, discarded_values& gone) {
    return s.get_or_fill({key, hash}, bytes, options, now, gone);
  });
}

void memory_cache::expect(std::uint64_t soon, std::uint64_t next) const {
  const bool together = &shard_of(soon) == &shard_of(next);
  if (!together) locked(soon, [=](const cache_shard& s, discarded_values&) { s.expect_soon(soon); });
  locked(next, [=](const cache_shard& s, discarded_values&) {
    if (together) s.expect_soon(soon);
    s.expect_next(next);
  });
}

std::uint64_t memory_cache::likely_departure(std::uint64_t hash) const {
  return locked(hash, [](const cache_shard& s, discarded_values&) { return s.likely_departure(); });
}

lookup_result memory_cache::get_again(std::string_view key, time_point now) {
  const std::uint64_t hash = hash_key(key);
  return locked(hash, [&](cache_shard& s, discarded_values& gone) {
    return s.get_again({key, hash}, now, gone);
  });
}

bool memory_cache::contains(std::string_view key, time_point now) const {
  const std::uint64_t hash = hash_key(key);
  return locked(hash, [&](cache_shard& s, discarded_values&) { return s.contains({key, hash}, now); });
}

fill_result memory_cache::put(std::string_view key, const value& bytes, const entry_options& options,
                              time_point now) {
  if (!acceptable(key, options)) {
    invalidate(key);  // what was there is no longer what the user wants to see
    return fill_result::refused;
  }
  const std::uint64_t hash = hash_key(key);
  return locked(hash, [&](cache_shard& s, discarded_values& gone) {
    return s.put({key, hash}, bytes, options, now, gone);
  });
}

fill_token memory_cache::begin_fill(std::string_view key) {
  return begin_fill(key, hash_key(key));
}

fill_token memory_cache::begin_fill(std::string_view, std::uint64_t hash) {
  return locked(hash, [&](cache_shard& s, discarded_values& gone) { return s.begin_fill(hash, gone); });
}

fill_result memory_cache::fill(std::string_view key, fill_token token, const value& bytes,
                               const entry_options& options, filled_by by, time_point now) {
  return fill(key, hash_key(key), token, bytes, options, by, now);
}

fill_result memory_cache::fill(std::string_view key, std::uint64_t hash, fill_token token, const value& bytes,
                               const entry_options& options, filled_by by, time_point now) {
  if (!acceptable(key, options)) return fill_result::refused;
  return locked(hash, [&](cache_shard& s, discarded_values& gone) {
    return s.fill({key, hash}, token, bytes, options, by, now, gone);
  });
}

fill_result memory_cache::refresh(std::string_view key, fill_token token, const value& bytes,
                                  const entry_options& options, time_point now) {
  if (!acceptable(key, options)) return fill_result::refused;
  const std::uint64_t hash = hash_key(key);
  return locked(hash, [&](cache_shard& s, discarded_values& gone) {
    return s.refresh({key, hash}, token, bytes, options, now, gone);
  });
}

bool memory_cache::invalidate(std::string_view key) {
  const std::uint64_t hash = hash_key(key);
  return locked(hash, [&](cache_shard& s, discarded_values& gone) {
    return s.invalidate({key, hash}, gone);
  });
}

std::size_t memory_cache::invalidate_tags(const std::vector<std::string>& tags) {
  std::size_t removed = 0;
  for (const std::string& tag : tags) {
    const std::uint64_t hash = hash_key(tag);
    for (const auto& shard : shards_) {
      discarded_values gone;
      const std::lock_guard guard(shard->lock);
      removed += shard->content.invalidate_tag(hash, gone);
    }
  }
  return removed;
}

bool memory_cache::remove_unused(std::string_view key) {
  const std::uint64_t hash = hash_key(key);
  return locked(hash, [&](cache_shard& s, discarded_values& gone) {
    return s.remove_unused({key, hash}, gone);
  });
}

void memory_cache::clear() {
  for (const auto& shard : shards_) {
    const std::lock_guard guard(shard->lock);
    shard->content.clear();
  }
}

cache_stats memory_cache::stats() const {
  cache_stats total;
  total.capacity_bytes = config_.capacity_bytes;
  total.capacity_entries = config_.capacity_entries;
  for (const auto& shard : shards_) {
    const std::lock_guard guard(shard->lock);
    shard->content.add_to(total);
  }
  return total;
}

cache_capabilities memory_cache::capabilities() const {
  return {fence::generation, fence::generation, fence::generation, true, true};
}

void memory_cache::sweep(time_point now) {
  for (const auto& shard : shards_) {
    for (std::uint32_t next = 0, limit = 1; next < limit;) {
      discarded_values gone;
      const std::lock_guard guard(shard->lock);
      next = shard->content.sweep(next, slots_per_step, now, gone);
      limit = shard->content.slot_limit();
    }
  }
}

std::uint64_t memory_cache::take_departures(std::vector<departure>& out) {
  std::uint64_t dropped = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard guard(shard->lock);
    dropped += shard->content.take_departures(out);
  }
  return dropped;
}

bool memory_cache::list(listing& at, time_point now, std::vector<entry_info>& out) const {
  const std::size_t before = out.size();
  while (at.shard < shards_.size() && out.size() == before) {
    const guarded_shard& shard = *shards_[at.shard];
    const std::lock_guard guard(shard.lock);
    at.slot = shard.content.list(at.slot, slots_per_step, now, out);
    if (at.slot >= shard.content.slot_limit()) at = {at.shard + 1, 0};
  }
  return at.shard < shards_.size();
}

std::size_t memory_cache::policy_bytes() const {
  std::size_t total = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard guard(shard->lock);
    total += shard->content.policy_bytes();
  }
  return total;
}

}  // namespace stoker
