// Read-through: a cache, the origin it is filled from, and the one load in flight per key that users and the
// warmer share.
//
// A user's get() that misses leads a load of the key or follows the one under way; a warmer's load does the
// same. The load runs on a thread of its own, so that everyone waits until his own deadline and no longer: a
// loader that hangs holds its thread and its key, and nobody else. Later gets of such a key follow the
// hanging load and time out, rather than send more threads after it. That the origin has no such key is told
// to everyone who waits, and not cached.
//
// A hit on an entry that is about to expire may renew it, by lot, so that keys in demand are not missed when
// they expire: the user gets the value that is there, and the load goes on beside him, counted as demand.
//
// Ownership: shares the cache, the origin and the threads; a load that is under way keeps them alive.
// Threads: any. Time: `now` is the wall clock that the cache expires by; deadlines are of the steady clock.
// Errors: results say what happened; nothing is thrown, whatever a loader does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/access.hpp"
#include "messages/loading.hpp"
#include "storage/caches/cache.hpp"
#include "storage/caches/read_result.hpp"
#include "storage/caches/warm_target.hpp"
#include "storage/origins/demand_meter.hpp"
#include "storage/origins/load_threads.hpp"
#include "storage/origins/origin.hpp"

namespace stoker {

struct read_through_config {
  std::string name;                // of the cache, for error texts
  std::shared_ptr<cache> entries;  // required
  std::shared_ptr<origin> source;  // required
  std::shared_ptr<load_threads>
      threads;                      // empty: threads of its own, so that caches don't wait for one another
  duration ttl{0};                  // of entries whose load names none; 0: no expiry
  std::size_t max_flights = 16384;  // keys being loaded at once
  // How early a hit may renew its entry, by lot (messages/early_renewal.hpp); 0: never.
  double early_renewal_beta = 0;
  // Tags of a key beside those that its load is given; empty: none.
  std::function<std::vector<std::string>(std::string_view key)> tags_of;
  std::function<double()> random;  // uniform in [0, 1), from any thread; empty: a generator for each thread
};

class read_through final : public warm_target {
 public:
  // Throws stoker::error when the cache or the origin is missing.
  explicit read_through(read_through_config config);
  ~read_through() override;
  read_through(const read_through&) = delete;
  read_through& operator=(const read_through&) = delete;

  // A user's read.
  read_result get(std::string_view key, time_point now, steady_deadline deadline);

  // A fill: loads the key unless it is there; a refresh (item.refresh): loads the key if it is there, and
  // replaces the entry unless that changed meanwhile. `source` replaces the cache's origin for this load. Not
  // counted as demand.
  load_receipt load_and_fill(const load_item& item, time_point now, steady_deadline deadline, filled_by by,
                             std::shared_ptr<origin> source = nullptr) override;

  // Live changes. They go through here so that a get that comes after one never follows a load that began
  // before it.
  fill_result put(std::string_view key, const value& bytes, const entry_options& options, time_point now);
  bool invalidate(std::string_view key);
  std::size_t invalidate_tags(const std::vector<std::string>& tags);
  void clear();

  cache& entries() const noexcept;
  const std::string& name() const noexcept;
  // Loads that gets made.
  demand_meter& demand() noexcept;
  std::size_t loads_in_flight() const;

 private:
  struct core;
  struct load_order;

  std::shared_ptr<core> core_;
  std::shared_ptr<load_threads>
      threads_;  // goes first: a load that is under way must not own the threads it runs on
};

}  // namespace stoker
