// Least recently used, exact: the victim is the entry whose last demand (or insertion) is longest ago.
//
// A prefetched entry that nobody has used is either an ordinary one (inserted as if it were demanded, as in a
// cache whose eviction is not ours), or the first to go: see prefetch_share.hpp. Threads, ownership: see
// eviction.hpp.
#pragma once

#include <vector>

#include "storage/caches/memory/eviction.hpp"
#include "storage/caches/memory/slot_lists.hpp"

namespace stoker {

class lru final : public eviction_policy {
 public:
  explicit lru(bool prefetched_first_to_go) : prefetched_first_to_go_(prefetched_first_to_go) {}

  void inserted(slot s, std::uint64_t key_hash, bool prefetched, float probability) override;
  void demanded(slot s, bool first_use) override;
  void missed(std::uint64_t) override {}
  void erased(slot s) override;
  slot victim() override;
  slot likely_victim() const override { return lists_.oldest(recent); }
  std::size_t metadata_bytes() const override;

 private:
  enum queue : std::size_t { recent, unused };
  static constexpr std::uint32_t not_unused = 0;

  queue queue_of(slot s) const noexcept;
  bool unused_goes_first() const;

  const bool prefetched_first_to_go_;
  slot_lists<2> lists_;
  std::vector<std::uint32_t>
      unused_since_;                  // the clock at insertion, for slots in `unused`; empty until the first
  std::uint32_t clock_ = not_unused;  // insertions; never not_unused when an entry is stamped
};

}  // namespace stoker
