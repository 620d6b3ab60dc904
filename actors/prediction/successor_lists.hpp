// Which keys came after which: a short list of successors for each key, by lossy counting.
//
// The idea is the probability graph of Griffioen & Appleton ("Reducing File System Latency using a Predictive
// Approach", USENIX 1994), bounded as in Manku & Motwani ("Approximate Frequency Counts over Data Streams",
// VLDB 2002): a full list lets its weakest member fade, never one that was confirmed since the source last
// occurred. Memory: 6 bytes a successor, in blocks of 4 to 16 from one pool; freed blocks are used again.
// Ownership: owns the pool; the key's own key_facts say where its list is. Threads: none of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "actors/prediction/growing_table.hpp"
#include "actors/prediction/key_facts.hpp"
#include "messages/bring.hpp"

namespace stoker::learning {

#pragma pack(push, 2)
struct successor {
  static constexpr std::uint32_t most_count = 63;
  static constexpr std::uint32_t most_proposed = 15;

  std::uint32_t key : 24;  // key_names gives no number above
  std::uint32_t
      rank : 2;  // 0: it followed directly; 1 to 3: near to far among the would-misses that followed
  std::uint32_t count : 6;     // occurrences of the source that this key followed
  std::uint16_t history : 8;   // a 1 as start mark, then a bit an occurrence, the latest last: did it follow?
  std::uint16_t proposed : 4;  // times judged as a candidate; halved together with `used` when full
  std::uint16_t used : 4;      // times it was then demanded in time
};
#pragma pack(pop)
static_assert(sizeof(successor) == 6);

class successor_lists {
 public:
  static constexpr std::uint8_t longest = 16;  // 12 lose 0.1 points, 8 lose 0.3
  // Of a key that occurred once. Most such keys never come back, and what came after them stands in the
  // episode log as well.
  static constexpr std::uint8_t longest_at_first = 4;
  static constexpr std::uint8_t trimmed = 8;

  std::span<successor> of(const key_facts& source) {
    return {pool_.data() + source.first_successor, source.successors};
  }
  std::span<const successor> of(const key_facts& source) const {
    return {pool_.data() + source.first_successor, source.successors};
  }

  // Starts to bring the list.
  void prefetch(const key_facts& source) const noexcept {
    const auto* first = pool_.data() + source.first_successor;
    for (std::size_t i = 0; i < source.successors; i += line) bring(first + i);
  }

  // `to` came after `source`, at a rank of 0 to 3: counts it, once for each occurrence of the source. False
  // when it is not listed, and would be new: not when the list is complete.
  bool confirm(key_facts& source, std::uint32_t to, std::uint32_t rank);
  // The same for one that is not listed: lists it, maybe in place of the weakest.
  void add(key_facts& source, std::uint32_t to, std::uint32_t rank);
  // The source occurred once, and all that is kept of that is listed.
  static bool complete(const key_facts& source) noexcept {
    return source.occurrences <= 1 && source.successors >= longest_at_first;
  }
  // The source occurs: a new bit in the histories, and counts fade when they are full.
  void occurred(key_facts& source);
  // What a candidate came to.
  static void judged(successor& candidate, bool used);
  // Gives up what is least likely to be missed: the far end of the list of a key that occurred once, else
  // what followed once only and not lately; when `hard`, not at the latest occurrence.
  void trim(key_facts& source, bool hard);
  // Forgets the list.
  void release(key_facts& source);

  // Puts a successor at the end. REQUIRES: fewer than `longest`, and none with its key.
  void append(key_facts& source, successor added);
  // From so many in use on, lists replace instead of growing; a key without a list still gets a first block.
  void set_limit(std::size_t successors) { limit_ = successors; }
  // Successors that the blocks in use can hold.
  std::size_t in_use() const noexcept { return in_use_; }
  std::size_t memory_bytes() const noexcept;

 private:
  static constexpr std::uint8_t step = 4;  // rooms are multiples of it
  static constexpr std::size_t line =
      64 / sizeof(successor);  // successors that a line of the core's cache holds
  static constexpr std::size_t classes = longest / step;

  void replace_weakest(std::span<successor> list, successor newcomer);
  void resize(key_facts& source, std::uint8_t room);
  std::uint32_t take_block(std::uint8_t room);
  void give_block(std::uint32_t first, std::uint8_t room);

  growing_table<successor> pool_;
  std::array<std::vector<std::uint32_t>, classes> free_;  // first positions of blocks, by room
  std::size_t in_use_ = 0;
  std::size_t limit_ = static_cast<std::size_t>(-1);
};

}  // namespace stoker::learning
