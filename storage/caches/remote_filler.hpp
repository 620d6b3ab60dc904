// Fills a cache outside of this process from its origin, and reads through it: what read_through is to the
// embedded cache.
//
// Loads run on threads of their own, one a key at a time, so that a loader that hangs holds its thread and
// its key and nobody else; what they have for the server goes there in batches. A key that is in the cache is
// not loaded; nor is one when the cache does not answer: the origin is spared what could not be kept. A
// user's get is served from the origin even then.
//
// TTLs: as fill_ttl.hpp says. Tags are not kept by any cache outside. A back end that loads by itself has no
// origin: filling it is all there is.
//
// Ownership: shares back end, origin and threads; a load that is under way keeps them alive. Threads: any,
// but no scheduled actor. Errors: in results; nothing is thrown, whatever a loader does.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/caches/read_result.hpp"
#include "storage/caches/remote/fill_ttl.hpp"
#include "storage/caches/remote_cache.hpp"
#include "storage/caches/warm_target.hpp"
#include "storage/origins/demand_meter.hpp"
#include "storage/origins/load_threads.hpp"

namespace stoker {

struct remote_filler_config {
  std::string name;                                   // of the cache, for error texts
  std::shared_ptr<remote_cache> back_end;             // required
  std::shared_ptr<origin> source;                     // required unless the back end loads by itself
  std::shared_ptr<load_threads> threads;              // empty: threads of its own
  duration ttl{0};                                    // of entries whose load names none; 0: no expiry
  fill_ttl_policy life;                               // its `live_delete` is the back end's
  std::size_t batch_items = 1024;                     // sent to the server at once
  duration server_timeout = std::chrono::seconds{2};  // of a batch
  std::size_t max_flights = 16384;                    // keys being loaded at once
  std::size_t max_unused = 500'000;                   // fills that can still be undone
};

// What became of fills that were to be undone.
struct undone_fills {
  std::uint64_t removed_count = 0;
  std::uint64_t kept = 0;     // used or changed since, as far as anybody can tell, or gone by themselves
  std::uint64_t unknown = 0;  // of which there was no answer
  trouble why = trouble::none;
  std::vector<std::string> removed{};  // keys, where the back end tells one by one
};

class remote_filler final : public warm_target {
 public:
  // Throws stoker::error when something that is required is missing.
  explicit remote_filler(remote_filler_config config);
  ~remote_filler() override;

  load_receipt load_and_fill(const load_item& item, time_point now, steady_deadline deadline, filled_by by,
                             std::shared_ptr<origin> source) override;
  // A user's read. There is no read through a back end that loads by itself: `refused`.
  read_result get(std::string_view key, steady_deadline deadline);

  // Live changes; a get that comes after one never follows a load that began before it. After a trouble
  // it is not known whether the server did it.
  trouble put(std::string_view key, std::string_view bytes, duration ttl);
  trouble invalidate(std::string_view key, bool& removed);
  trouble clear();

  // Removes what fills put there under these keys and nobody used or changed since, as far as this object and
  // the back end can tell. What can be told of a fill is asked once: it is not undone a second time.
  undone_fills undo(std::span<const std::string> keys, steady_deadline deadline);
  // The cache is another than before: what was filled is there no more.
  void lost_content();

  remote_cache& back_end() const noexcept;
  // Of what is filled without a TTL of its own, before the jitter; 0: no expiry.
  duration lifetime() const;
  // Loads that gets made.
  demand_meter& demand() noexcept;
  // Of users' gets and the warmer's fills that came through this object.
  cache_stats counts() const;

 private:
  struct core;
  std::shared_ptr<core> core_;
  std::shared_ptr<load_threads> threads_;  // goes first, as in read_through
};

}  // namespace stoker
