// What is kept of the hottest keys only: the last 50 access times and the co-access counts, about 500 bytes a
// key in a budget of their own. A hot key's hour counts stand here too, so that an access finds them in one
// place.
//
// Threads: one.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "actors/tracking/co_access.hpp"
#include "actors/tracking/hour_counts.hpp"
#include "actors/tracking/slab.hpp"
#include "messages/time.hpp"

namespace stoker {

// The last access times of a key as distances between neighbours, in milliseconds (up to 49 days each). The
// last one itself stands in the key's record.
class access_times {
 public:
  static constexpr std::size_t kept = 50;

  void add(std::int64_t elapsed_ns) noexcept;
  // Oldest first, ending with `last`; as many as are known.
  std::vector<time_point> times(time_point last) const;
  // Takes over times, oldest first; the last one is the key's last access.
  void assign(const std::vector<time_point>& oldest_first);

 private:
  std::uint32_t known_ = 0;   // distances
  std::uint32_t newest_ = 0;  // place of the latest
  std::array<std::uint32_t, kept - 1> distances_ms_{};
};

// In the order in which an access touches it: whole lines for the counters, then the times.
struct alignas(64) hot_entry {
  co_access_counts co_accessed;
  std::uint32_t owner = no_slot;  // the key's record; no_slot: free
  access_times times;
  hour_counts hours;
};

class hot_keys {
 public:
  explicit hot_keys(std::uint64_t capacity) : capacity_(capacity) {}

  bool full() const noexcept { return entries_.used() >= capacity_; }
  std::uint64_t capacity() const noexcept { return capacity_; }
  std::uint32_t add(std::uint32_t owner, const hour_counts& hours);
  void remove(std::uint32_t entry);

  hot_entry& operator[](std::uint32_t entry) noexcept { return entries_[entry]; }
  const hot_entry& operator[](std::uint32_t entry) const noexcept { return entries_[entry]; }
  // Brings the line that every access changes.
  void prefetch(std::uint32_t entry) const noexcept;
  // The entry at a place chosen by `random`; no_slot: none there.
  std::uint32_t sample(std::uint64_t random) const noexcept;

  void co_access(std::uint32_t entry, std::uint64_t hash, std::string_view name, std::uint32_t weight) {
    entries_[entry].co_accessed.add(hash, name, weight, names_);
  }
  void co_access_named(std::uint32_t entry, std::uint64_t hash, std::string_view name, std::uint32_t weight) {
    entries_[entry].co_accessed.add_named(hash, name, weight, names_);
  }
  const name_pool& names() const noexcept { return names_; }

  std::size_t memory_bytes() const noexcept { return entries_.memory_bytes() + names_.memory_bytes(); }

 private:
  std::uint64_t capacity_;
  slab<hot_entry, 4096> entries_;
  name_pool names_;
};

}  // namespace stoker
