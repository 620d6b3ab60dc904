// Which keys are accessed together: bounded counters beside a hot key, the names that they count, and the
// last keys of each stream, from which they learn.
//
// Threads: one.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/tracking/name_store.hpp"
#include "actors/tracking/slab.hpp"

namespace stoker {

// Names of co-accessed keys, each kept once and counted by its users.
class name_pool {
 public:
  std::uint32_t acquire(std::uint64_t hash, std::string_view name);
  void release(std::uint32_t id);
  std::string_view get(std::uint32_t id) const { return names_.get(entries_[id].name); }
  std::uint64_t hash(std::uint32_t id) const { return entries_[id].hash; }
  std::size_t memory_bytes() const noexcept;

 private:
  struct entry {
    std::uint64_t hash = 0;
    std::uint32_t name = 0;
    std::uint32_t users = 0;
  };

  absl::flat_hash_map<std::uint64_t, std::uint32_t> by_hash_;
  slab<entry, 1024> entries_;
  name_store names_;
};

// Counts of 16 neighbours of one key. When a seventeenth comes, all counts fall, and those at zero leave
// (Misra and Gries 1982): a count is never too high, and too low by at most a seventeenth of all that was
// added.
class co_access_counts {
 public:
  static constexpr std::size_t capacity = 16;

  void add(std::uint64_t hash, std::string_view name, std::uint32_t weight, name_pool& names);
  // The same for a neighbour that is known to be one: its name is kept at once.
  void add_named(std::uint64_t hash, std::string_view name, std::uint32_t weight, name_pool& names);
  void clear(name_pool& names);

  // Calls visit(name id, count) for each neighbour with a name.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < capacity; ++i)
      if (counts_[i] > 0 && names_[i] != no_slot) visit(names_[i], counts_[i]);
  }

 private:
  // Where the neighbour stands, or a free place (count 0), or capacity.
  std::size_t place_of(std::uint32_t fragment) const noexcept;
  void make_room(std::uint32_t weight, name_pool& names);
  void forget_name(std::size_t place, name_pool& names);

  std::array<std::uint32_t, capacity> fragments_{};  // of the neighbour's hash: one line to look through
  std::array<std::uint32_t, capacity> counts_{};     // 0: free
  std::array<std::uint32_t, capacity> names_{};      // no_slot: seen once, no name yet
};

// One of the last accesses of a stream.
struct stream_access {
  std::uint64_t hash = 0;
  std::uint64_t name_at = 0;  // where recent_names has its bytes
  std::uint32_t name_size = 0;
  std::uint32_t slot = no_slot;  // of a key of this shard
  std::uint32_t weight = 0;      // of this access in its key's counts; 0: it is not counted
};

// The bytes of the latest keys, whoever's they are: a ring that forgets the oldest.
class recent_names {
 public:
  recent_names();
  std::uint64_t add(std::string_view name);
  // Empty: overwritten since.
  std::string_view get(const stream_access& access) const noexcept;
  std::size_t memory_bytes() const noexcept { return bytes_.capacity(); }

 private:
  std::vector<char> bytes_;
  std::uint64_t end_ = 0;  // everything ever added
};

// The last different keys of each stream. Streams share a fixed number of places: of two streams in one
// place, the latest one stays, and the other begins anew.
class stream_windows {
 public:
  static constexpr std::size_t span = 4;  // neighbours on one side: more finds little but costs in proportion

  struct window {
    std::uint64_t stream = 0;  // with its cache
    std::int64_t last_ns = 0;
    std::uint32_t epoch = 0;
    std::uint32_t size = 0;
    std::array<stream_access, span> accesses{};  // most recent first
    bool contains(std::uint64_t hash) const noexcept;
    void push(const stream_access& access) noexcept;
  };

  stream_windows();
  // The stream's window, empty when its last access is longer ago than window_ns.
  window& of(std::uint64_t stream, std::uint16_t cache, std::int64_t now_ns, std::int64_t window_ns) noexcept;
  // Every stream begins anew.
  void interrupt() noexcept { ++epoch_; }
  std::size_t memory_bytes() const noexcept { return places_.capacity() * sizeof(window); }

 private:
  std::vector<window> places_;
  std::uint32_t epoch_ = 0;
};

}  // namespace stoker
