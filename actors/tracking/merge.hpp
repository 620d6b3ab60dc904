// Merges the rings of many threads into one order.
//
// What may be passed on: an access whose stamp is at or before a horizon that was taken before the rings'
// ends were read, for then every ring has been read past it. What was recorded later stays in its ring for
// the next merge. An access that was stamped before a horizon but became visible after it is late: it is
// still passed on, with the stamp of its predecessor in the output, and counted.
//
// A merge reads the rings in place and copies each key once, into the batch. Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "actors/tracking/access_ring.hpp"
#include "messages/access.hpp"

namespace stoker {

class access_merger {
 public:
  // Appends to the batch until it holds max_records or nothing up to the horizon is left; true: nothing is
  // left.
  bool merge(const std::vector<std::shared_ptr<access_ring>>& rings, std::uint64_t horizon,
             std::size_t max_records, access_batch& batch);

  std::uint64_t passed_on() const noexcept { return passed_on_; }
  std::uint64_t late() const noexcept { return late_; }

 private:
  struct cursor {
    access_ring* ring;
    std::uint64_t position;
    std::uint64_t end;
    std::uint64_t stamp;  // of the entry at position
  };

  void open_cursors(const std::vector<std::shared_ptr<access_ring>>& rings, std::uint64_t horizon);
  bool settle(cursor& at, std::uint64_t horizon) const;
  bool run(cursor& at, std::uint64_t until, std::uint64_t horizon, std::size_t max_records,
           access_batch& batch);
  void append(const ring_entry& entry, access_batch& batch);

  std::vector<cursor> heap_;  // smallest stamp first; scratch of one merge
  std::uint64_t last_stamp_ = 0;
  std::uint64_t passed_on_ = 0;
  std::uint64_t late_ = 0;
};

}  // namespace stoker
