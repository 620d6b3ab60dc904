// A fixed number of queues over the same slots, each slot in at most one of them: links in one array, 8 bytes
// a slot.
//
// The newest is at the front. Threads: none of its own. All steps take constant time; the array grows with
// the largest slot seen.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/caches/memory/footprint.hpp"

namespace stoker {

template <std::size_t Queues>
class slot_lists {
 public:
  using slot = std::uint32_t;
  static constexpr slot none = 0xffffffff;

  // REQUIRES: `s` is in no queue.
  void push(std::size_t queue, slot s) {
    if (s >= links_.size()) links_.resize(std::size_t{s} + 1);
    ends& q = queues_[queue];
    links_[s] = {none, q.newest};
    (q.newest == none ? q.oldest : links_[q.newest].newer) = s;
    q.newest = s;
    ++q.size;
  }

  // REQUIRES: `s` is in `queue`.
  void remove(std::size_t queue, slot s) {
    ends& q = queues_[queue];
    assert(q.size > 0);
    const link l = links_[s];
    (l.newer == none ? q.newest : links_[l.newer].older) = l.older;
    (l.older == none ? q.oldest : links_[l.older].newer) = l.newer;
    --q.size;
  }

  slot newest(std::size_t queue) const noexcept { return queues_[queue].newest; }
  slot oldest(std::size_t queue) const noexcept { return queues_[queue].oldest; }
  std::size_t size(std::size_t queue) const noexcept { return queues_[queue].size; }
  std::size_t memory_bytes() const noexcept { return heap_bytes(links_); }

 private:
  struct link {
    slot newer = none;
    slot older = none;
  };
  struct ends {
    slot newest = none;
    slot oldest = none;
    std::size_t size = 0;
  };

  std::vector<link> links_;
  std::array<ends, Queues> queues_{};
};

}  // namespace stoker
