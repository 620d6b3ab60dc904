// A directory of what a plain LRU cache of the same size would hold: what origin load is measured against.
//
// Large caches are sampled by key (SHARDS: Waldspurger et al., FAST'15): a share of the keys in a directory
// smaller by the same share has the same miss ratio within a fraction of a point. Memory: about 20 bytes an
// entry, at most `most_entries` of them. Ownership: owns everything. Threads: none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stoker::learning {

class shadow_lru {
 public:
  static constexpr std::uint32_t most_entries = 4096;  // a sample of 1,000 misses tells the ratio within 3 %

  // Of a cache of `entries`. REQUIRES: at least 1.
  explicit shadow_lru(std::uint32_t entries);

  // Whether the key is among those looked at; the others are not counted at all.
  bool samples(std::uint32_t key) const noexcept;
  // A demand. Returns whether it would have hit.
  bool demand(std::uint32_t key);

  std::size_t memory_bytes() const noexcept;

 private:
  struct node {
    std::uint32_t key = 0;
    std::uint32_t newer = 0;
    std::uint32_t older = 0;
  };
  static constexpr std::uint32_t none = 0xffffffff;

  std::size_t home(std::uint32_t key) const noexcept;
  std::size_t find(std::uint32_t key) const noexcept;
  void erase_from_index(std::uint32_t key);
  void unlink(std::uint32_t n);
  void link_newest(std::uint32_t n);

  std::uint32_t capacity_;
  std::uint32_t threshold_;  // keys whose hash is below it are looked at
  std::vector<node> nodes_;
  std::vector<std::uint32_t> index_;  // open addressing, linear probing; at most half full
  std::uint32_t newest_ = none;
  std::uint32_t oldest_ = none;
};

}  // namespace stoker::learning
