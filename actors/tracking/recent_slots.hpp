// Which keys were accessed last, for the question after the most recent ones: a ring of the slots of the
// latest accesses, so that the answer needs a look at a few thousand records, not at all of them.
//
// Complete above lost_until(): every key that was accessed later than that stands in the ring. What falls out
// of the ring, and what history says of a key, moves that time on. A slot that was given to another key may
// still stand there: whoever reads the ring looks at the key's record for its time.
//
// Memory: 160 KiB. Threads: one.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>

namespace stoker {

class recent_slots {
 public:
  static constexpr std::uint32_t kept = 16'384;        // accesses; a few batches
  static constexpr std::uint32_t kept_batches = 4096;  // a batch may be a single access

  recent_slots();

  // The slots of accesses at one time, in any order.
  void add(std::span<const std::uint32_t> slots, std::int64_t at_ns);
  // A key was accessed then, and its slot was not added.
  void lose(std::int64_t at_ns) noexcept { lost_until_ns_ = at_ns > lost_until_ns_ ? at_ns : lost_until_ns_; }

  std::int64_t lost_until() const noexcept { return lost_until_ns_; }
  static constexpr std::size_t memory_bytes() noexcept {
    return kept * sizeof(std::uint32_t) + kept_batches * sizeof(mark);
  }

  // Calls visit(slot, before_ns) for each access, the latest batch first: no batch that is still to come is
  // later than `before_ns`. Ends with the batch in which visit() returned false first.
  template <class Visit>
  void walk_back(Visit visit) const {
    std::uint64_t end = added_;
    bool goes_on = true;
    for (auto batch = batches_; goes_on && batch > first_batch_; --batch) {
      const auto& [begin, at_ns, before_ns] = marks_[(batch - 1) % kept_batches];
      while (end > begin) goes_on = visit(slots_[--end % kept], before_ns) && goes_on;
    }
  }

 private:
  struct mark {
    std::uint64_t begin = 0;  // of its accesses, counted from the first ever
    std::int64_t at_ns = 0;
    std::int64_t before_ns = 0;  // the latest time of all batches before
  };

  void drop_first();

  std::unique_ptr<std::uint32_t[]> slots_;  // access n stands at n % kept
  std::unique_ptr<mark[]> marks_;           // batch n at n % kept_batches
  std::uint64_t added_ = 0;
  std::uint64_t batches_ = 0;
  std::uint64_t first_batch_ = 0;  // INVARIANT: the accesses of batches from here on all stand in the ring
  std::int64_t latest_ns_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t lost_until_ns_ = 0;  // a key that was only described was accessed at 0
};

}  // namespace stoker
