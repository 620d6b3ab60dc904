// The keys of one tracker shard, of all caches: what an access changes, and how a key is found.
//
// A key is known by its cache and the 64 bits of its hash; its bytes are kept, not compared on every access,
// which would cost a third cache line. Of ten million keys two share a hash with a chance of 3 in a million;
// they would then count as one, under the name of the first.
//
// Memory, besides the key's bytes: a record of 64 bytes, 76 bytes of hour counts once a key was accessed in a
// second hour, 5.3 to 9.5 of index, 1 to 8 of rounding its bytes, a bit of the list of changes: at most 160
// bytes. Hot keys and described keys have budgets of their own. Threads: one. Deterministic: the same calls
// give the same table.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tracking/hot_keys.hpp"
#include "actors/tracking/hour_counts.hpp"
#include "actors/tracking/key_index.hpp"
#include "actors/tracking/key_record.hpp"
#include "actors/tracking/name_store.hpp"
#include "actors/tracking/recent_slots.hpp"
#include "actors/tracking/slab.hpp"
#include "messages/access.hpp"
#include "messages/statistics.hpp"

namespace stoker {

// What the host said of a key.
struct key_details {
  std::vector<std::string> tags;
  std::vector<std::pair<std::string, double>> attributes;
};

class tracked_keys {
 public:
  // Keys beyond max_keys push out the coldest of a sample. Of the keys, up to hot_keys are hot.
  tracked_keys(std::uint64_t max_keys, std::uint64_t hot_keys, duration rate_half_life);

  // Counts the batch's records whose indices are given, all at one time, and writes the slot of each.
  void count(std::uint16_t cache, const access_batch& batch, std::span<const std::uint32_t> records,
             time_point at, std::span<std::uint32_t> slots);

  // The slot of a key; no_slot: unknown. `add` makes it known.
  std::uint32_t find(std::uint16_t cache, std::uint64_t hash) const;
  std::uint32_t find(std::uint16_t cache, std::string_view key) const;
  std::uint32_t add(std::uint16_t cache, std::uint64_t hash, std::string_view key);
  // Forgets all keys of a cache.
  void forget(std::uint16_t cache);

  // Adds tags; sets attributes. Bounded by max_details of each.
  void describe(std::uint32_t slot, std::span<const std::string> tags,
                std::span<const std::pair<std::string, double>> attributes);
  // Null: nothing was said of it.
  const key_details* details(std::uint32_t slot) const;

  // How much an access of this key, the latest one, weighs in its co-access counts; 0: it is not counted. The
  // first accesses count one by one; later one in eight counts eight, for the hottest keys need no such
  // precision.
  std::uint32_t co_access_weight(std::uint32_t slot) const noexcept;
  void co_access(std::uint32_t slot, std::uint64_t hash, std::string_view name, std::uint32_t weight);
  // The host itself says that the two belong together.
  void co_access_told(std::uint32_t slot, std::string_view name);

  // Absolute statistics, as history keeps them.
  key_statistics statistics(std::uint32_t slot) const;
  // Adds what history knew of a key to what was counted since. False: that was done before, nothing changes.
  bool restore(std::uint16_t cache, const key_statistics& known);

  // Accesses in the whole hours [first, last], of the last 48.
  std::uint64_t accesses_between(std::uint32_t slot, std::uint32_t first_hour, std::uint32_t last_hour) const;
  std::uint32_t hour_of_day(std::uint32_t slot, std::uint32_t hour) const;

  // Slots below it may hold keys: those whose record has a cache.
  std::uint32_t end() const noexcept { return records_.end(); }
  const key_record& record(std::uint32_t slot) const noexcept { return records_[slot]; }
  std::string_view name(std::uint32_t slot) const noexcept { return names_.get(records_[slot].name); }
  const rate_decay& decay() const noexcept { return decay_; }
  const recent_slots& recent() const noexcept { return recent_; }

  // Changed keys. take_changed() looks from the slot `from` on, takes at most `limit` keys off the list, and
  // moves `from` on to end() when there are no more.
  std::vector<std::uint32_t> take_changed(std::uint32_t& from, std::size_t limit);
  std::uint64_t changed() const noexcept { return changed_; }

  std::uint64_t size() const noexcept { return records_.used(); }
  std::uint64_t evicted() const noexcept { return evicted_; }
  // What the keys take, their bytes included; hot and described keys apart.
  std::size_t key_memory_bytes() const noexcept;
  // Everything.
  std::size_t memory_bytes() const noexcept;

 private:
  static constexpr std::size_t max_details = 32;

  void prefetch_record(std::uint32_t slot) const noexcept;
  void prefetch_hot(std::uint32_t slot) const noexcept;
  void count_one(std::uint32_t slot, const access_record& access, std::int64_t now_ns);
  void begin_hour(std::int64_t now_ns) noexcept;
  void close_hour(std::uint32_t slot);
  hour_counts& hours(key_record& record);
  const hour_counts* known_hours(const key_record& record) const noexcept;
  void rebuild_index();
  void erase(std::uint32_t slot);
  void evict_coldest();
  void consider_hot(std::uint32_t slot);
  void make_hot(std::uint32_t slot);
  void make_cold(std::uint32_t entry);
  std::uint32_t coldest_hot();
  void mark_changed(std::uint32_t slot);
  void unmark_changed(std::uint32_t slot) noexcept;
  std::uint64_t random() noexcept;
  void restore_counts(std::uint32_t slot, const key_statistics& known);
  void restore_intervals(std::uint32_t slot, const key_statistics& known);
  void restore_hours(std::uint32_t slot, const key_statistics& known);
  void restore_details(std::uint32_t slot, const key_statistics& known);
  void restore_hot(std::uint32_t slot, const key_statistics& known);

  std::uint64_t max_keys_;
  rate_decay decay_;
  slab<key_record, 32768> records_;
  slab<hour_counts, 8192> hours_;
  key_index index_;
  name_store names_;
  hot_keys hot_;
  recent_slots recent_;
  absl::flat_hash_map<std::uint32_t, key_details> details_;
  std::vector<std::uint64_t> changed_bits_;  // by slot; INVARIANT: set exactly where the record is dirty
  std::uint64_t changed_ = 0;
  std::uint64_t evicted_ = 0;
  std::int64_t hour_start_ns_ = 0;  // of the latest time seen
  double hot_floor_;                // heat below which no hot key was found lately
  std::uint64_t random_state_;
};

}  // namespace stoker
