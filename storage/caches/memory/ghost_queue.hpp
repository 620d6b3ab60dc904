// Keys that were evicted not long ago, by 32 bits of their hash: a FIFO with a set's lookup.
//
// A false answer needs two of the remembered keys to share 32 bits: one lookup in 5,000 at a million keys,
// and it costs a misplaced entry, no more. Threads: none of its own. Memory: about 30 bytes a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/caches/memory/hash_index.hpp"
#include "storage/caches/memory/slot_lists.hpp"

namespace stoker {

class ghost_queue {
 public:
  // Forgets `fingerprint`; returns whether it was remembered.
  bool remove(std::uint32_t fingerprint);
  // Remembers `fingerprint` as the newest, and forgets the oldest beyond `capacity`.
  void push(std::uint32_t fingerprint, std::size_t capacity);

  std::size_t size() const noexcept { return index_.size(); }
  std::size_t memory_bytes() const noexcept;

 private:
  std::uint32_t find(std::uint32_t fingerprint) const;
  void forget(std::uint32_t node);
  std::uint32_t fresh_node();

  hash_index index_;                         // fingerprint -> node
  slot_lists<1> order_;                      // nodes in use
  std::vector<std::uint32_t> fingerprints_;  // fingerprints_[node]
  std::vector<std::uint32_t> free_;          // nodes not in use
};

}  // namespace stoker
