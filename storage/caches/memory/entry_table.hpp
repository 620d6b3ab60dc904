// The entries of one shard, by slot: 96 bytes each, in chunks that never move; a freed slot is the next to be
// reused.
//
// Ownership: an entry owns its key's bytes and one reference to its value. Threads: under the shard's lock
// only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "messages/bring.hpp"
#include "storage/value.hpp"

namespace stoker {

inline constexpr std::int64_t never_expires = std::numeric_limits<std::int64_t>::max();

// Aligned so that an entry never spans more than two cache lines.
class alignas(32) cache_entry {
 public:
  cache_entry() = default;
  cache_entry(const cache_entry&) = delete;
  cache_entry& operator=(const cache_entry&) = delete;

  static constexpr std::uint32_t no_tags = 0xffffffff;
  // Keys up to this length live in the entry itself: no allocation, no cache line of their own.
  static constexpr std::size_t inline_key_bytes = 48;

  std::string_view key() const noexcept {
    return {key_size_ <= inline_key_bytes ? key_.in_place : key_.on_heap, key_size_};
  }
  // What the entry itself has on the heap, its value included.
  std::size_t heap_footprint() const noexcept;
  void prefetch() const noexcept {
    bring(this);
    prefetch_key();
  }
  void prefetch_key() const noexcept { bring(key_.in_place + inline_key_bytes - 1); }

  std::uint64_t hash = 0;
  value bytes;
  std::int64_t expires_at_ns = never_expires;  // since the epoch
  std::uint64_t generation = 0;                // of the shard, when the bytes were stored
  std::uint32_t cost_us = 0;
  std::uint32_t first_tag = no_tags;  // into the shard's tag index
  bool resident = false;
  bool prefetched = false;    // the warmer put it there
  bool unused = false;        // prefetched, and no user has demanded it yet
  std::uint8_t lifetime = 0;  // the TTL it was stored with (lifetime.hpp)

 private:
  friend class entry_table;

  std::uint32_t key_size_ = 0;
  union {
    char in_place[inline_key_bytes];
    char* on_heap;
  } key_{};
};

class entry_table {
 public:
  using slot = std::uint32_t;

  entry_table() = default;
  entry_table(const entry_table&) = delete;
  entry_table& operator=(const entry_table&) = delete;
  ~entry_table() { clear(); }

  cache_entry& operator[](slot s) noexcept { return chunks_[s / chunk_entries][s % chunk_entries]; }
  const cache_entry& operator[](slot s) const noexcept {
    return chunks_[s / chunk_entries][s % chunk_entries];
  }

  // A slot whose entry is resident, has this key and is otherwise as new.
  slot acquire(std::string_view key);
  void release(slot s);
  // Frees every entry and every chunk.
  void clear();

  std::size_t size() const noexcept { return size_; }
  // Slots are below this.
  slot slot_limit() const noexcept { return static_cast<slot>(chunks_.size() * chunk_entries); }
  // Chunks and lists; what entries have on the heap is not in it.
  std::size_t memory_bytes() const noexcept;

  // What a key of this length takes on the heap.
  static std::size_t key_footprint(std::size_t key_size) noexcept;

 private:
  static constexpr std::size_t chunk_entries = 64;  // 6 KiB: small enough for a small cache, and few of them

  void add_chunk();

  std::vector<std::unique_ptr<cache_entry[]>> chunks_;
  std::vector<slot> free_;
  std::size_t size_ = 0;
};

}  // namespace stoker
