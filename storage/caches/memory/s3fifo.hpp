// S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: FIFO queues are all you need for cache eviction, SOSP'23, section 4
// and algorithm 1): a small queue that holds one-hit wonders off, a main queue that gives second chances by a
// 2-bit counter, and a ghost queue of keys that left the small one.
//
// Shares are counted in entries, of what is resident now: small a tenth, main the rest, ghost as many keys as
// main may hold. Prefetched entries that nobody has used wait in a queue of their own (prefetch_share.hpp)
// and enter small (or main, by the ghost) at their first use, as if inserted then. A hit writes one byte.
// Suggestions are not used: protecting predicted residents gained nothing when it was tried. Threads,
// ownership: see eviction.hpp.
#pragma once

#include <vector>

#include "storage/caches/memory/eviction.hpp"
#include "storage/caches/memory/ghost_queue.hpp"
#include "storage/caches/memory/slot_lists.hpp"

namespace stoker {

class s3fifo final : public eviction_policy {
 public:
  void inserted(slot s, std::uint64_t key_hash, bool prefetched, float probability) override;
  void demanded(slot s, bool first_use) override;
  void missed(std::uint64_t) override {}
  void erased(slot s) override;
  slot victim() override;
  slot likely_victim() const override {
    return queues_.oldest(queues_.size(main) > main_share() ? main : small);
  }
  std::size_t metadata_bytes() const override;

 private:
  enum queue : std::uint8_t { small, main, unused };
  struct node {
    std::uint32_t fingerprint = 0;
    std::uint32_t inserted_at = 0;  // clock_ then
    queue where = small;
    std::uint8_t frequency = 0;  // demands since it entered its queue, at most max_frequency
  };
  static_assert(no_slot == slot_lists<3>::none);

  void enter(slot s, queue where);
  void admit(slot s);
  bool unused_goes_first() const;
  std::size_t main_share() const;
  slot victim_of_small();
  slot victim_of_main();

  slot_lists<3> queues_;
  std::vector<node> nodes_;  // nodes_[slot]
  ghost_queue ghost_;
  std::uint32_t clock_ = 0;  // insertions
  slot chosen_ = no_slot;    // the last victim: what is erased without having been chosen leaves no ghost
};

}  // namespace stoker
