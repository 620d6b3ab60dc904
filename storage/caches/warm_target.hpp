// What a loader needs of a cache: load a key from its origin, and put the value there. The embedded cache
// (read_through) and those outside of this process (remote_filler) both do.
//
// Threads: any; blocks until the deadline at the latest. Errors: in the receipt.
#pragma once

#include <chrono>
#include <memory>

#include "messages/loading.hpp"
#include "storage/caches/cache.hpp"
#include "storage/origins/origin.hpp"

namespace stoker {

class warm_target {
 public:
  virtual ~warm_target() = default;
  // A fill, or a refresh (item.refresh). `source` replaces the cache's origin for this load; null: it does
  // not. Not counted as demand.
  virtual load_receipt load_and_fill(const load_item& item, time_point now,
                                     std::chrono::steady_clock::time_point deadline, filled_by by,
                                     std::shared_ptr<origin> source) = 0;
};

}  // namespace stoker
