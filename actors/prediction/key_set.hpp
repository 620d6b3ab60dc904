// A set of keys, a bit each: small enough to stay in the core's own cache, where tables by key do not.
//
// Ownership: owns its bits. Threads: none of its own. Memory: an eighth of a byte for each key up to the
// largest that was ever in it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "actors/prediction/growing_table.hpp"
#include "actors/prediction/key_names.hpp"

namespace stoker::learning {

class key_set {
 public:
  bool contains(key_id key) const noexcept {
    return key / 64 < words_.size() && (words_[key / 64] >> (key % 64) & 1) != 0;
  }

  void insert(key_id key) {
    words_.grow_to(key / 64 + 1);
    words_[key / 64] |= std::uint64_t{1} << (key % 64);
  }

  void erase(key_id key) noexcept {
    if (key / 64 < words_.size()) words_[key / 64] &= ~(std::uint64_t{1} << (key % 64));
  }

  void clear() noexcept { std::fill(words_.begin(), words_.end(), 0); }

  std::size_t memory_bytes() const noexcept { return words_.memory_bytes(); }

 private:
  growing_table<std::uint64_t> words_;
};

}  // namespace stoker::learning
