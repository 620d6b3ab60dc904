// Finds the slot of a key by its hash: a hash table of slots, 5.3 to 9.5 bytes a key.
//
// Buckets of one cache line hold 12 slots with a byte of each one's hash, so that a lookup touches one line
// of the index and the records that it names (after Bronson and Shi, "F14", 2019). What does not fit its
// bucket goes to the next one, and the bucket remembers that. The table grows by a half, not by two, to keep
// its slack small. Threads: one. Ownership: slots are the caller's; when the table is full the caller
// rebuilds it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "actors/tracking/huge_memory.hpp"
#include "actors/tracking/slab.hpp"
#include "messages/bring.hpp"

namespace stoker {

class key_index {
 public:
  key_index() { clear(); }

  void prefetch(std::uint64_t hash) const noexcept { bring(&buckets_[home(hash)]); }
  // A slot that may be the key's, to be prefetched while others are looked up; no_slot: surely absent.
  std::uint32_t guess(std::uint64_t hash) const noexcept;

  // The slot for which `matches` says yes, or no_slot.
  template <class Matches>
  std::uint32_t find(std::uint64_t hash, Matches matches) const;

  // False: full, so rebuild() first.
  bool insert(std::uint64_t hash, std::uint32_t slot);
  // REQUIRES: inserted with this hash.
  void erase(std::uint64_t hash, std::uint32_t slot);

  // Forgets all slots and makes room for half as many again: the caller inserts them anew.
  void grow();
  void clear();

  std::size_t size() const noexcept { return size_; }
  std::size_t memory_bytes() const noexcept { return bucket_count_ * sizeof(bucket); }

 private:
  static constexpr std::uint32_t ways = 12;

  struct alignas(64) bucket {
    std::array<std::uint8_t, ways> tags{};  // 0: free
    std::uint8_t passed_over = 0;  // how many slots went on to the next bucket from here; sticks at 255
    std::array<std::uint32_t, ways> slots{};
  };

  std::size_t home(std::uint64_t hash) const noexcept { return ((hash >> 32) * bucket_count_) >> 32; }
  std::size_t after(std::size_t at) const noexcept { return at + 1 == bucket_count_ ? 0 : at + 1; }
  // Bits that neither the shard (lowest) nor the bucket (highest) depends on.
  static std::uint8_t tag_of(std::uint64_t hash) noexcept {
    const auto tag = static_cast<std::uint8_t>(hash >> 16);
    return tag ? tag : 1;
  }
  static std::uint32_t matching(const bucket& in, std::uint8_t tag) noexcept;
  void reset(std::size_t buckets);

  bucket* buckets_ = nullptr;  // in memory_
  std::size_t bucket_count_ = 0;
  huge_memory memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  // slots that fit before lookups become slow
};

// One bit for each way whose tag is the wanted one.
inline std::uint32_t key_index::matching(const bucket& in, std::uint8_t tag) noexcept {
#if defined(__SSE2__)
  static_assert(sizeof(bucket) == 64 && offsetof(bucket, tags) == 0,
                "16 bytes may be loaded, of which 12 are tags");
  const __m128i tags = _mm_load_si128(reinterpret_cast<const __m128i*>(&in));
  const int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(tags, _mm_set1_epi8(static_cast<char>(tag))));
  return static_cast<std::uint32_t>(equal) & ((1u << ways) - 1);
#else
  std::uint32_t mask = 0;
  for (std::uint32_t way = 0; way < ways; ++way)
    mask |= static_cast<std::uint32_t>(in.tags[way] == tag) << way;
  return mask;
#endif
}

template <class Matches>
std::uint32_t key_index::find(std::uint64_t hash, Matches matches) const {
  for (std::size_t at = home(hash);; at = after(at)) {
    const bucket& here = buckets_[at];
    for (std::uint32_t mask = matching(here, tag_of(hash)); mask != 0; mask &= mask - 1) {
      const std::uint32_t slot = here.slots[static_cast<std::uint32_t>(__builtin_ctz(mask))];
      if (matches(slot)) return slot;
    }
    if (here.passed_over == 0) return no_slot;
  }
}

}  // namespace stoker
