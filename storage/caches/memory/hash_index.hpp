// From a hash to a small number: open addressing with linear probing over 8-byte buckets, deletion by
// backward shift (Knuth, TAOCP vol. 3, 6.4, algorithm R), so that no tombstones pile up however long a cache
// lives.
//
// A bucket holds 32 bits of the hash, the tag, and a slot; the caller decides by looking at the slot whether
// it is the one that was meant. Threads: none of its own. Memory: 11 to 21 bytes an entry; grows, never
// shrinks but by clear().
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "messages/bring.hpp"
#include "storage/caches/memory/footprint.hpp"

namespace stoker {

class hash_index {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  hash_index() { clear(); }

  static std::uint32_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash); }

  // The slot under `tag` that `matches(slot)` accepts, or none.
  template <class Matches>
  std::uint32_t find(std::uint32_t tag, Matches&& matches) const {
    for (std::size_t i = tag & mask_;; i = (i + 1) & mask_) {
      const bucket& b = buckets_[i];
      if (b.slot == none) return none;
      if (b.tag == tag && matches(b.slot)) return b.slot;
    }
  }

  // Starts to bring the bucket of `tag` here.
  void prefetch(std::uint32_t tag) const noexcept { bring(&buckets_[tag & mask_]); }

  // REQUIRES: `slot` is not none and not in the index.
  void insert(std::uint32_t tag, std::uint32_t slot);
  // REQUIRES: `slot` was inserted under `tag`.
  void erase(std::uint32_t tag, std::uint32_t slot);
  void clear();

  std::size_t size() const noexcept { return size_; }
  std::size_t memory_bytes() const noexcept { return heap_bytes(buckets_); }

 private:
  struct bucket {
    std::uint32_t tag = 0;
    std::uint32_t slot = none;
  };

  void place(bucket b);
  void grow();

  std::vector<bucket>
      buckets_;           // a power of two of them, at most 3/4 taken: every probe ends at an empty one
  std::size_t mask_ = 0;  // buckets_.size() - 1
  std::size_t size_ = 0;
};

}  // namespace stoker
