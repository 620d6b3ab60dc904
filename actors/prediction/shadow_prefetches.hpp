// What prefetches would have come to that nobody made: the books of observe mode.
//
// A proposal counts as if it had been loaded at once: it stays until as many entries would have come after it
// as the cache holds (first in, first out: what an unused entry can expect), and a miss of its key until then
// would have been a hit. Pure. Bounded by the cache's capacity. Threads: none of its own.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <vector>

#include "actors/prediction/key_names.hpp"

namespace stoker {

class shadow_prefetches {
 public:
  explicit shadow_prefetches(std::uint32_t entries) : entries_(entries) {}

  void holds(std::uint32_t entries) { entries_ = entries; }

  // Would be loaded now.
  void issue(key_id key);
  // A user met the key in the cache, or missed it. Returns whether that miss would have been a hit.
  bool demanded(key_id key, bool missed);
  // What would have left unused, since the last call.
  const std::vector<key_id>& take_expired();

  std::uint64_t hits() const noexcept { return hits_; }
  std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  struct entry {
    key_id key = no_key;
    std::uint64_t at = 0;  // insertions before it
  };

  std::uint32_t entries_;
  absl::flat_hash_map<key_id, std::uint64_t> waiting_;  // when it would have come; looked up only
  std::deque<entry> order_;                             // oldest first; some have been demanded meanwhile
  std::vector<key_id> expired_;
  std::uint64_t insertions_ = 0;
  std::uint64_t hits_ = 0;
};

}  // namespace stoker
