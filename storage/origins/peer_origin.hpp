// An origin that is a warm cache of the same kind: what another Redis or memcached still holds spares the
// origin behind it.
//
// A value comes with what is left of its TTL. What the peer does not hold, or can't tell, is loaded from the
// origin behind. A peer that is away costs nothing but its own time-out, and after it did so it is left alone
// for a while, longer and longer up to 5 s. What is read there counts as a user's read at the peer.
//
// Ownership: shares the peer and the origin. Threads: any; what many ask at once goes to the peer in batches.
#pragma once

#include <memory>
#include <mutex>

#include "storage/caches/remote/group_batch.hpp"
#include "storage/caches/remote/reconnect_backoff.hpp"
#include "storage/caches/remote_cache.hpp"
#include "storage/origins/origin.hpp"

namespace stoker {

struct peer_origin_config {
  std::shared_ptr<remote_cache> peer;                 // required; not the cache that is being filled
  std::shared_ptr<origin> behind;                     // null: what the peer does not hold is absent
  duration timeout = std::chrono::milliseconds{200};  // of a batch of reads at the peer
  std::size_t batch_items = 256;                      // that are read at once
};

// Throws stoker::error, which names the field and says what to do.
void validate(const peer_origin_config& config);

struct peer_stats {
  std::uint64_t spared = 0;   // loads that the peer answered
  std::uint64_t absent = 0;   // that it did not hold
  std::uint64_t skipped = 0;  // that were not asked for, since it was away a moment ago
  std::array<std::uint64_t, trouble_count> troubles{};  // that it could not tell, by why
};

class peer_origin final : public origin {
 public:
  // Throws stoker::error as validate() does.
  explicit peer_origin(peer_origin_config config);

  load_result load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;
  peer_stats stats() const;

 private:
  bool may_ask();
  void note(const remote_value& found);
  load_result from_behind(std::string_view key, std::chrono::steady_clock::time_point deadline);

  const peer_origin_config config_;
  group_batch<std::string_view, remote_value> reads_;
  mutable std::mutex mutex_;
  reconnect_backoff backoff_;
  peer_stats stats_;
};

}  // namespace stoker
