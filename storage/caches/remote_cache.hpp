// The seam of caches that stand outside of this process: Redis, memcached, the page cache. The words are
// those of storage/caches/cache.hpp; what differs is that every question is a batch, because a round trip
// costs as much as a thousand entries, and that every answer may be "don't know".
//
// Threads: every method may be called from any thread, and blocks until its deadline at the latest: loader
// threads and detached actors call it, never a scheduled actor. Calls of one object follow one another.
// Ownership: keys and values of a batch belong to the caller, and stay until the call returns. Errors: each
// item of a batch gets its own outcome, in the same order; what went wrong is named (`trouble`) and counted;
// nothing is thrown but by constructors.
//
// A batch that breaks half-way may have done more than it tells of: items without an answer say so, and may
// be tried again, since a fill adds only what is absent.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"
#include "storage/caches/cache.hpp"

namespace stoker {

// Why an item came to nothing.
enum class trouble : std::uint8_t {
  none,
  unavailable,  // not connected, shutting down, loading its data, a replica that takes no writes
  timed_out,    // no answer before the deadline; it may have been done all the same
  denied,       // authentication failed, or the user lacks the right
  no_memory,    // the server is full and evicts nothing
  garbled,      // the answer was not of the protocol
  rejected,     // the server said no, for a reason of its own
  unsupported,  // this back end can't do that
};

inline constexpr std::size_t trouble_count = 8;

const char* to_string(trouble what) noexcept;

enum class residency : std::uint8_t { unknown, absent, present };

struct remote_look {
  residency state = residency::unknown;
  trouble why = trouble::none;  // of an unknown one
  duration ttl_left{0};         // of a present one; 0: no expiry
};

struct remote_value {
  remote_look there;
  value bytes;
};

// Taken before a load starts. `version` is of a refresh, and empty when the key was absent.
struct remote_token {
  std::uint64_t generation = 0;
  std::string version;
  std::chrono::steady_clock::time_point expires_at = std::chrono::steady_clock::time_point::max();
};

// One entry of a batch of fills, refreshes or sets. A back end that loads by itself ignores `bytes`.
struct remote_entry {
  std::string_view key;
  std::string_view bytes;
  duration ttl{0};  // 0: no expiry; of a refresh: what is left of the entry's own
  remote_token token;
  bool wants_version = false;  // of a fill: the outcome is to tell the version of what was stored
};

struct remote_outcome {
  fill_result result = fill_result::refused;
  trouble why = trouble::none;  // of a refused one
  // Of a stored one, where the back end loads by itself and can tell: the value's size, and how long it took.
  std::uint64_t bytes = 0;
  duration took{0};
  std::uint64_t version = 0;  // of a stored one that asked for it; 0: the back end tells none
};

struct removed_keys {
  std::uint64_t removed = 0;
  std::uint64_t unknown = 0;  // of which there was no answer
  trouble why = trouble::none;
  std::vector<bool> gone{};  // of remove_unused: was it removed, item by item; empty: not told
};

// An entry that Stoker filled, for a rollback: how long ago, and what it was.
struct filled_entry {
  std::string_view key;
  duration age{};
  std::uint64_t version = 0;  // as the fill's outcome told it; 0: not known
};

struct remote_memory {
  trouble why = trouble::none;
  std::uint64_t used_bytes = 0;
  std::uint64_t limit_bytes = 0;  // 0: none
  bool evicts = false;            // when it is full: else it refuses

  // What fills may take before the server would evict or refuse; max: no limit.
  std::uint64_t head_room_bytes() const noexcept {
    if (limit_bytes == 0) return UINT64_MAX;
    return limit_bytes > used_bytes ? limit_bytes - used_bytes : 0;
  }
};

// What became of the server's content since the last time that this was asked.
struct remote_condition {
  trouble why = trouble::none;
  std::uint64_t entries = 0;
  bool restarted = false;         // another process answers
  bool emptied = false;           // flushed, or all but gone; Stoker's own clear() does not count
  std::uint64_t incarnation = 1;  // counts the two up

  bool lost_content() const noexcept { return restarted || emptied; }
};

struct remote_stats {
  trouble why = trouble::none;  // the server's own counts, the first six, are not known
  std::uint64_t hits = 0;       // users' lookups: without what Stoker itself asked
  std::uint64_t misses = 0;
  std::uint64_t evictions = 0;
  std::uint64_t expirations = 0;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;

  std::uint64_t stored = 0;                             // fills, refreshes and sets of Stoker's
  std::uint64_t present = 0;                            // fills that found a live entry
  std::uint64_t fenced = 0;                             // fills and refreshes that were overtaken
  std::uint64_t too_large = 0;                          // values and keys
  std::array<std::uint64_t, trouble_count> troubles{};  // items, by what went wrong
  std::uint64_t connections = 0;                        // made; one more for each reconnect
  std::uint64_t redirected = 0;                         // answers of a cluster's nodes that named another one
  std::uint64_t fell_back = 0;  // reads that were meant for a replica, and went to its primary
};

// What a back end can prove, and what it can't do.
struct remote_capabilities {
  fence live_set = fence::none;     // of others
  fence live_delete = fence::none;  // of others: where none, fills live for at most a fence TTL
  fence own_change = fence::none;   // that came through this object
  fence refresh = fence::none;
  bool ttl = false;
  duration ttl_step{0};              // TTLs are rounded down to a multiple of it
  bool loads_by_itself = false;      // fills carry no value
  bool refreshes_by_itself = false;  // so do refreshes; without it, one that loads by itself has none
  bool side_by_side = false;  // calls of many threads go on at once: batches would only wait for each other
  bool clears_all = false;    // clear() empties what others put there, too
  std::size_t max_key_bytes = 0;
  std::size_t max_value_bytes = 0;  // 0: not known
};

class remote_cache {
 public:
  using steady_deadline = std::chrono::steady_clock::time_point;
  using keys = std::span<const std::string_view>;

  virtual ~remote_cache() = default;

  // Looks without counting as a use.
  virtual std::vector<remote_look> contains(keys asked, steady_deadline deadline) = 0;
  // A user's read.
  virtual std::vector<remote_value> read(keys asked, steady_deadline deadline) = 0;
  // A user's live set: always wins. The token is not looked at.
  virtual std::vector<remote_outcome> put(std::span<const remote_entry> entries,
                                          steady_deadline deadline) = 0;

  // Before a load that a fill follows; asks nobody.
  virtual remote_token begin_fill(std::string_view key) = 0;
  // Adds what is absent, unless it is fenced.
  virtual std::vector<remote_outcome> fill(std::span<const remote_entry> entries,
                                           steady_deadline deadline) = 0;
  // Before a load that a refresh follows; an empty version: absent, or not to be told.
  virtual std::vector<remote_token> begin_refresh(keys asked, steady_deadline deadline) = 0;
  // Replaces what is there and unchanged.
  virtual std::vector<remote_outcome> refresh(std::span<const remote_entry> entries,
                                              steady_deadline deadline) = 0;

  virtual removed_keys invalidate(keys gone, steady_deadline deadline) = 0;
  // Removes those of Stoker's fills that nobody has used or changed since, as far as the server can tell.
  virtual removed_keys remove_unused(std::span<const filled_entry> filled, steady_deadline deadline) = 0;
  virtual trouble clear(steady_deadline deadline) = 0;

  virtual remote_stats stats(steady_deadline deadline) = 0;
  virtual remote_memory memory(steady_deadline deadline) = 0;
  virtual remote_condition condition(steady_deadline deadline) = 0;
  virtual remote_capabilities capabilities() const = 0;
  // What went wrong last, for people; empty: nothing yet.
  virtual std::string last_error() const = 0;
};

}  // namespace stoker
