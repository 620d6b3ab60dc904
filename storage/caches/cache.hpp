// The cache seam: what Stoker asks of any cache it keeps warm. Back ends implement it; one test suite runs
// over all.
//
// Threads: every method may be called from any thread. Time: `now` comes in as an argument, so that replay
// and tests decide what time it is. Errors: results name their outcome; a back end throws nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"
#include "storage/value.hpp"

namespace stoker {

// Who put an entry there. An entry that a user demanded is a user's from then on.
enum class filled_by : std::uint8_t { user, warmer };

enum class lookup : std::uint8_t {
  miss,
  hit,
  first_use,  // a hit, and the first demand of an entry that the warmer put there
};

enum class fill_result : std::uint8_t {
  stored,
  present,    // the key is there already: a live set wins over a fill
  fenced,     // the key was set or invalidated after the token was taken: the value may be stale
  too_large,  // larger than what the cache can hold
  refused,    // the back end refused (out of memory, not connected)
};

struct entry_options {
  duration ttl{0};  // 0: no expiry
  std::vector<std::string> tags;
  std::uint32_t cost_us = 0;  // what a miss of this key costs, as measured when it was loaded
  float probability = 0;      // of a warmer's fill: of being demanded; for an eviction that can use it
};

struct lookup_result {
  lookup outcome = lookup::miss;
  value bytes;
  time_point expires_at = time_point::max();  // of a hit; max: never, or not known
  std::uint32_t cost_us = 0;                  // of a hit: what its load cost; 0: not known
};

// Taken before a load starts; proves at fill time that nothing newer happened to the key.
struct fill_token {
  std::uint64_t generation = 0;
};

struct cache_stats {
  std::uint64_t hits = 0;    // user lookups only; the warmer never counts
  std::uint64_t misses = 0;  // user lookups only
  std::uint64_t first_uses = 0;
  std::uint64_t prefetches = 0;         // entries stored by the warmer
  std::uint64_t prefetched_wasted = 0;  // left the cache (evicted, expired, invalidated) before any use
  std::uint64_t evictions = 0;
  std::uint64_t expirations = 0;
  std::uint64_t entries = 0;
  std::uint64_t entries_unused = 0;    // prefetched and not used yet
  std::uint64_t bytes = 0;             // everything the cache allocated
  std::uint64_t capacity_bytes = 0;    // 0: bounded by entries
  std::uint64_t capacity_entries = 0;  // 0: bounded by bytes
};

// What a back end can prove about a fill that races with live traffic (design: fences).
enum class fence : std::uint8_t { generation, compare, add, none };

struct cache_capabilities {
  fence live_set = fence::none;
  fence live_delete = fence::none;
  fence refresh = fence::none;
  bool tags = false;
  bool ttl = false;
};

class cache {
 public:
  virtual ~cache() = default;

  // A user's lookup: counts, promotes, and turns a prefetched entry into a user's.
  virtual lookup_result get(std::string_view key, time_point now) = 0;
  // The second look of a user whose get() has just missed: as get(), but counts neither a hit nor a miss, so
  // that one demand is never counted twice.
  virtual lookup_result get_again(std::string_view key, time_point now) = 0;
  // Looks without counting or promoting.
  virtual bool contains(std::string_view key, time_point now) const = 0;
  // A user's live set: always wins.
  virtual fill_result put(std::string_view key, const value& bytes, const entry_options& options,
                          time_point now) = 0;

  virtual fill_token begin_fill(std::string_view key) = 0;
  // A demand load's set (`by` user) or a warmer's fill: add-if-absent, refused when fenced.
  virtual fill_result fill(std::string_view key, fill_token token, const value& bytes,
                           const entry_options& options, filled_by by, time_point now) = 0;
  // Replaces an entry that is present and unchanged since the token was taken. Options without tags leave it
  // those that it has.
  virtual fill_result refresh(std::string_view key, fill_token token, const value& bytes,
                              const entry_options& options, time_point now) = 0;

  virtual bool invalidate(std::string_view key) = 0;
  // Removes what carries any of the tags; returns how many.
  virtual std::size_t invalidate_tags(const std::vector<std::string>& tags) = 0;
  // Removes an entry that the warmer put there and nobody has used since: the step of a rollback.
  virtual bool remove_unused(std::string_view key) = 0;
  virtual void clear() = 0;

  virtual cache_stats stats() const = 0;
  virtual cache_capabilities capabilities() const = 0;
};

}  // namespace stoker
