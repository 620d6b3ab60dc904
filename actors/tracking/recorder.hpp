// The recorder of one cache: what a host thread touches when it has looked up a key.
//
// Each thread writes into a ring of its own, so that recording a hit takes no lock, allocates nothing and
// never waits. The first access of a thread takes a lock and allocates its ring; a miss may pay one wake-up
// call, of which at most one is pending. When there is no room, the access is dropped and counted. Only user
// traffic is recorded: whoever fills, refreshes or inspects a cache for the warmer must not call record(), so
// that warming never feeds itself.
//
// Threads: record() from any; drain() from one consumer at a time (a lock between consumers makes sure).
// Ownership: the recorder owns its rings. It must outlive every call of record(), not the threads that called
// it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "actors/tracking/access_details.hpp"
#include "actors/tracking/access_ring.hpp"
#include "actors/tracking/defaults.hpp"
#include "actors/tracking/merge.hpp"
#include "messages/reported_access.hpp"

namespace stoker {

struct recorder_config {
  // Bytes of each thread's ring; a power of two, at least twice what the longest key needs.
  std::size_t ring_bytes = tracking_defaults::ring_bytes;
  // Threads beyond this many at a time are not recorded: their accesses are dropped and counted.
  std::size_t max_rings = tracking_defaults::max_rings;
  // Called by a recording thread after a miss: asks the collector to drain. Must not block and must not
  // throw.
  std::function<void()> wake;
};

void validate(const recorder_config& config);

struct recorder_stats {
  std::uint64_t passed_on = 0;  // accesses that left in batches
  std::uint64_t dropped = 0;
  std::uint64_t late = 0;  // passed on after a later one
  std::size_t rings = 0;   // in use or kept for the next thread
  std::size_t memory_bytes = 0;
};

class recorder {
 public:
  // Throws stoker::error when the config is not valid.
  explicit recorder(recorder_config config = {});
  ~recorder();
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  // A user's access. `hash` is hash_key(key) if the caller has it at hand, else 0: it is computed when
  // drained. `bytes` and `cost_us` may be 0: unknown. Keys beyond max_key_bytes are dropped and counted.
  void record(std::string_view key, access_outcome outcome, std::uint32_t bytes = 0,
              std::uint32_t cost_us = 0, std::uint64_t hash = 0) noexcept;
  // The same with a stream of the host's choice (0: the thread, or the subject) and details. May allocate.
  void record(std::string_view key, access_outcome outcome, std::uint32_t bytes, std::uint32_t cost_us,
              std::uint64_t hash, std::uint64_t stream, const access_details& details = {});

  // Many at once, for who can wait and try again: records them from the front while there is room, and
  // returns how many; the others are not counted as dropped. Keys beyond max_key_bytes are, and are passed
  // over.
  std::size_t record_all(std::span<const reported_access> accesses);

  // Appends to the batch what was recorded up to the horizon (a monotone_stamp()), oldest first over all
  // threads, at most up to `max_records` in the batch, and sets what was dropped. True: nothing up to the
  // horizon is left.
  bool drain(std::uint64_t horizon, std::size_t max_records, access_batch& batch);

  recorder_stats stats() const;

 private:
  access_ring* this_threads_ring() noexcept;
  access_ring* attach() noexcept;
  std::shared_ptr<access_ring> take_ring();
  void refuse() noexcept { refused_.fetch_add(1, std::memory_order_relaxed); }
  void wake_collector() noexcept;
  void fetch_rings();
  void recycle_rings();
  std::uint64_t total_dropped() const;

  recorder_config config_;
  std::uint32_t number_;  // small, given again to another recorder after this one's end
  std::uint64_t serial_;  // never given again
  // Read on every hit, written by drains only. Whatever else changes stands on lines of its own.
  std::atomic<std::uint64_t> drains_{0};
  alignas(64) std::atomic<bool> wake_pending_{false};
  std::atomic<std::uint64_t> refused_{0};  // accesses of threads without a ring, and oversized keys
  std::atomic<std::uint64_t> freed_{0};    // rises when a ring becomes free: refused threads try again

  // INVARIANT: rings_ and free_ are disjoint, and together at most max_rings.
  mutable std::mutex rings_mutex_;
  std::vector<std::shared_ptr<access_ring>> rings_;
  std::vector<std::shared_ptr<access_ring>> free_;
  std::atomic<std::uint64_t> rings_version_{0};

  // The consumer's own.
  mutable std::mutex consumer_mutex_;
  std::vector<std::shared_ptr<access_ring>> known_rings_;
  std::uint64_t known_version_ = 0;
  access_merger merger_;
  std::uint64_t reported_dropped_ = 0;
};

}  // namespace stoker
