// One shard of the memory cache: entries, their order of eviction, tags, fences and figures, for one lock to
// guard.
//
// Ownership: owns its entries; readers own copies of the values. Threads: none of its own; memory_cache holds
// the shard's lock around every call. Values that leave go to `discarded`, so that they are freed after the
// lock. Account: bytes() is all that the shard has on the heap, kept exact at every step but for the
// allocator's rounding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/caches/cache.hpp"
#include "storage/caches/memory/entry_table.hpp"
#include "storage/caches/memory/eviction.hpp"
#include "storage/caches/memory/fence_table.hpp"
#include "storage/caches/memory/hash_index.hpp"
#include "storage/caches/memory/tag_index.hpp"

namespace stoker {

// Why an entry left the cache.
enum class departure_reason : std::uint8_t { evicted, expired, removed, replaced };

// A prefetched entry that left, or that a live set replaced: what the predictor learns its precision from.
// With every_departure, any entry that left: the predictor keeps track of what is resident.
struct departure {
  std::uint64_t key_hash = 0;
  departure_reason reason = departure_reason::evicted;
  bool used = false;  // a user demanded it before
};

// What a snapshot of the hot set wants to know of an entry.
struct entry_info {
  std::string key;
  std::size_t size = 0;  // of the value, bytes
  duration ttl_left{0};  // 0: no expiry
  std::uint32_t cost_us = 0;
  filled_by by = filled_by::user;  // warmer: prefetched and not used yet
  duration ttl{0};                 // that it was stored with, to within 6.25 %; 0: no expiry
};

// Values on their way out. Holds a few without allocating; more than that are freed at once. Costs a hit,
// which discards nothing, two instructions: so no array of values, which would be cleared and looked through
// each time.
class discarded_values {
 public:
  discarded_values() = default;
  discarded_values(const discarded_values&) = delete;
  discarded_values& operator=(const discarded_values&) = delete;
  ~discarded_values() {
    while (count_ > 0) std::destroy_at(at(--count_));
  }

  void add(value&& gone) noexcept {
    if (count_ < room)
      std::construct_at(at(count_++), std::move(gone));
    else
      value(std::move(gone));
  }

 private:
  static constexpr std::size_t room = 8;  // one insertion rarely evicts more

  value* at(std::size_t i) noexcept { return reinterpret_cast<value*>(held_) + i; }

  alignas(value) std::byte held_[room * sizeof(value)];  // the first count_ are values
  std::size_t count_ = 0;
};

struct shard_limits {
  std::size_t bytes = 0;         // 0: bounded by entries
  std::size_t entries = 0;       // 0: bounded by bytes
  std::size_t departures = 0;    // remembered until taken; more are counted and dropped
  bool every_departure = false;  // of demanded entries, too
  std::size_t fence_sets = 16;   // of the fence table; a power of two
  double ttl_jitter = 0;         // a TTL is shortened by up to this share, the same for the same key
};

// A key with its hash, and the time of the call.
struct shard_key {
  std::string_view bytes;
  std::uint64_t hash = 0;
};

class cache_shard {
 public:
  using slot = entry_table::slot;

  cache_shard(const shard_limits& limits, std::unique_ptr<eviction_policy> policy);

  lookup_result get(shard_key key, time_point now, discarded_values& discarded);
  // As get(); what is missed is stored at once, as if loaded in no time.
  lookup_result get_or_fill(shard_key key, const value& bytes, const entry_options& options, time_point now,
                            discarded_values& discarded);
  // Start to bring the key's place in the index; its entry.
  void expect_soon(std::uint64_t hash) const noexcept { index_.prefetch(hash_index::tag_of(hash)); }
  void expect_next(std::uint64_t hash) const;
  // The hash of the key that most likely goes next; 0: hard to say.
  std::uint64_t likely_departure() const;
  // As get(), but counts nothing.
  lookup_result get_again(shard_key key, time_point now, discarded_values& discarded);
  bool contains(shard_key key, time_point now) const;
  fill_result put(shard_key key, const value& bytes, const entry_options& options, time_point now,
                  discarded_values& discarded);
  fill_token begin_fill(std::uint64_t hash, discarded_values& discarded);
  fill_result fill(shard_key key, fill_token token, const value& bytes, const entry_options& options,
                   filled_by by, time_point now, discarded_values& discarded);
  fill_result refresh(shard_key key, fill_token token, const value& bytes, const entry_options& options,
                      time_point now, discarded_values& discarded);
  bool invalidate(shard_key key, discarded_values& discarded);
  std::size_t invalidate_tag(std::uint64_t tag_hash, discarded_values& discarded);
  bool remove_unused(shard_key key, discarded_values& discarded);
  void clear();

  // Removes what expired among the `slots` slots from `first` on; returns the slot to go on from, or
  // slot_limit().
  slot sweep(slot first, slot slots, time_point now, discarded_values& discarded);
  // Appends what the `slots` slots from `first` on hold; returns as sweep() does.
  slot list(slot first, slot slots, time_point now, std::vector<entry_info>& out) const;
  slot slot_limit() const noexcept { return entries_.slot_limit(); }

  // Appends the departures since the last call, oldest first; returns how many were dropped.
  std::uint64_t take_departures(std::vector<departure>& out);

  void add_to(cache_stats& total) const;
  std::size_t bytes() const;
  std::size_t policy_bytes() const { return policy_->metadata_bytes(); }

 private:
  static constexpr slot none = hash_index::none;

  slot find(shard_key key) const;
  slot find_live(shard_key key, time_point now, discarded_values& discarded);
  lookup_result demand(slot s);
  fill_result store(shard_key key, const value& bytes, const entry_options& options, filled_by by,
                    time_point now, discarded_values& discarded);
  fill_result replace(slot s, const value& bytes, const entry_options& options, time_point now,
                      discarded_values& discarded);
  void write(slot s, const value& bytes, const entry_options& options, time_point now);
  void erase_fields(slot s, discarded_values& discarded);
  void remove(slot s, departure_reason why, discarded_values& discarded);
  void depart(cache_entry& e, departure_reason why);
  bool over_limit(std::size_t more_bytes, std::size_t more_entries) const;
  void make_room(std::size_t more_bytes, std::size_t more_entries, discarded_values& discarded);
  void prefetch_victim() const;
  void prefetch_what_victim_names() const;
  bool fits_at_all(std::string_view key, const value& bytes) const;
  bool any_changed(const std::vector<std::string>& tags, fill_token token) const;
  void note_change(std::uint64_t hash);
  void sweep_a_little(time_point now, discarded_values& discarded);
  std::int64_t expiry(std::uint64_t hash, duration ttl, time_point now) const;

  const shard_limits limits_;
  std::unique_ptr<eviction_policy> policy_;
  hash_index index_;
  entry_table entries_;
  std::unique_ptr<tag_index> tags_;      // from the first tag on
  std::unique_ptr<fence_table> fences_;  // from the first fill on
  std::vector<departure> departures_;
  std::uint64_t departures_dropped_ = 0;
  std::uint64_t generation_ = 0;      // one higher at every store and removal that a fill must not undo
  std::size_t entry_heap_bytes_ = 0;  // the sum of heap_footprint() over the entries
  std::size_t expiring_ = 0;          // entries with a TTL
  slot sweep_next_ = 0;
  cache_stats stats_;  // counters; the gauges are filled in by add_to()
};

}  // namespace stoker
