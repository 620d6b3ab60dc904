// Learns co-access: which keys a stream asks for close to each other, in one batch or over several.
//
// Two keys are neighbours when at most three other keys of the same stream stand between them, within 30 s.
// Each access of a key counts another key at most once, be it before or after it, so that a count never
// exceeds the key's own accesses. Under load, when batches are large, one batch in sixteen is learned from
// and counts sixteenfold: a part of each stream in its order, never single accesses; then counts are
// estimates. A shard sees the whole batch, learns for its own keys, and remembers the others' names. Threads:
// one.
#pragma once

#include <cstdint>
#include <span>

#include "actors/tracking/co_access.hpp"
#include "actors/tracking/tracked_keys.hpp"

namespace stoker {

class neighbour_learner {
 public:
  // `slots`: of each record of the batch, no_slot for keys of other shards. REQUIRES: the batch was counted.
  void learn(std::uint16_t cache, const access_batch& batch, std::span<const std::uint32_t> slots,
             time_point at, tracked_keys& keys);

  std::size_t memory_bytes() const noexcept { return windows_.memory_bytes() + names_.memory_bytes(); }

 private:
  std::uint32_t factor_of(const access_batch& batch);
  void pair_up(const stream_windows::window& window, const stream_access& access, std::string_view name,
               tracked_keys& keys);

  stream_windows windows_;
  recent_names names_;
  std::uint32_t large_batches_ = 0;
};

}  // namespace stoker
