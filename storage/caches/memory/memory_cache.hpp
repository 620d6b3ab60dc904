// The embedded cache: a cache in the host's own process, sharded, with an eviction policy of its own per
// shard.
//
// Ownership: owns its entries; a reader owns a reference to the value it got. Threads: every method from any
// thread; each call takes the lock of one shard for tens of nanoseconds (clear, stats and tags: of each in
// turn). A hit allocates nothing. Values are freed outside the locks. Capacity: in bytes of all that the
// cache allocates (entries, index, policy, tags, fences; within 5 % of what the heap gives), or in entries.
// It is split evenly over the shards; there are few shards when it is small, so that what an uneven split may
// waste stays below 2 %. A value must fit into one shard. Fences: a fill or refresh is refused when its key
// was set or invalidated, or one of its tags invalidated, through this cache since its token was taken; see
// fence_table.hpp for how rarely one is refused for nothing. TTL: an expired entry is a miss at once; its
// memory comes back at its next lookup, bit by bit as others are stored, or by sweep().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/caches/cache.hpp"
#include "storage/caches/memory/cache_shard.hpp"
#include "storage/caches/memory/eviction.hpp"

namespace stoker {

struct memory_cache_config {
  // Exactly one of the two is not 0.
  std::size_t capacity_bytes = 0;
  std::size_t capacity_entries = 0;
  eviction policy = eviction::s3fifo;
  // Whether unused prefetched entries are the first to go under lru; see make_eviction_policy().
  bool prefetched_first_to_go = true;
  // A power of two; 0: chosen from the capacity and the cores. 1 makes the cache exact, and deterministic in
  // order.
  std::size_t shards = 0;
  // A TTL is shortened by up to this share, by the key's hash, so that what was filled together does not
  // expire together.
  double ttl_jitter = 0.05;
  // Departures of prefetched entries remembered until taken, over all shards (in a cache bounded by bytes: at
  // most one per cent of them); 0: none.
  std::size_t departures = 4096;
  // Whether departures of demanded entries are remembered, too.
  bool every_departure = false;
};

// Throws std::invalid_argument, which names the field and says what to do.
void validate(const memory_cache_config& config);

class memory_cache final : public cache {
 public:
  // Below this, a shard's own tables would leave no room for values.
  static constexpr std::size_t min_capacity_bytes = 16 * 1024;
  // The same with eviction::learned, whose weights and lessons alone may take 150 KiB.
  static constexpr std::size_t min_learned_bytes = 512 * 1024;
  // An entry names at most so many tags; more is a mistake in the host.
  static constexpr std::size_t max_tags = 256;
  static constexpr std::size_t max_shards = 1024;

  // Throws as validate() does.
  explicit memory_cache(const memory_cache_config& config);
  ~memory_cache() override;

  lookup_result get(std::string_view key, time_point now) override;
  // These four are for a caller who has the hash already. REQUIRES: `hash` is hash_key(key).
  lookup_result get(std::string_view key, std::uint64_t hash, time_point now);
  fill_token begin_fill(std::string_view key, std::uint64_t hash);
  fill_result fill(std::string_view key, std::uint64_t hash, fill_token token, const value& bytes,
                   const entry_options& options, filled_by by, time_point now);
  // A get; on a miss, a fill by the user, as if the load took no time: one lookup and one lock for all of it.
  // The result is that of the get.
  lookup_result get_or_fill(std::string_view key, std::uint64_t hash, const value& bytes,
                            const entry_options& options, time_point now);
  // A hint for who knows what is coming, by the hashes of keys that will be looked up within a few accesses:
  // starts to bring the place in the index of `soon`, and the entry of `next`, which was soon some accesses
  // before.
  void expect(std::uint64_t soon, std::uint64_t next) const;
  // The hash of the key that most likely leaves the shard of `hash` next; 0: hard to say.
  std::uint64_t likely_departure(std::uint64_t hash) const;
  lookup_result get_again(std::string_view key, time_point now) override;
  bool contains(std::string_view key, time_point now) const override;
  fill_result put(std::string_view key, const value& bytes, const entry_options& options,
                  time_point now) override;
  fill_token begin_fill(std::string_view key) override;
  fill_result fill(std::string_view key, fill_token token, const value& bytes, const entry_options& options,
                   filled_by by, time_point now) override;
  fill_result refresh(std::string_view key, fill_token token, const value& bytes,
                      const entry_options& options, time_point now) override;
  bool invalidate(std::string_view key) override;
  std::size_t invalidate_tags(const std::vector<std::string>& tags) override;
  bool remove_unused(std::string_view key) override;
  void clear() override;
  cache_stats stats() const override;
  cache_capabilities capabilities() const override;

  // Removes every entry that has expired; holds no lock for more than a few microseconds at a time.
  void sweep(time_point now);

  // What the prefetched entries that left came to: appended to `out`, in order within a shard. Returns how
  // many were dropped since the last call for want of room. With one shard and a call after each access, the
  // order is exact.
  std::uint64_t take_departures(std::vector<departure>& out);

  // Where a listing goes on; starts at the beginning.
  struct listing {
    std::size_t shard = 0;
    std::uint32_t slot = 0;
  };
  // Appends some of the entries (at least one, unless there are no more); returns false when none is left.
  // Entries that come or move meanwhile may be missed; none is listed twice unless it left and came back.
  bool list(listing& at, time_point now, std::vector<entry_info>& out) const;

  std::size_t shard_count() const noexcept { return shards_.size(); }
  // What the eviction policies remember; part of stats().bytes.
  std::size_t policy_bytes() const;

 private:
  struct guarded_shard;

  guarded_shard& shard_of(std::uint64_t hash) const noexcept;
  template <class Step>
  auto locked(std::uint64_t hash, Step&& step) const;

  const memory_cache_config config_;
  std::vector<std::unique_ptr<guarded_shard>> shards_;  // a power of two of them, by the top bits of the hash
  int shard_shift_ = 63;                                // (hash >> 1) >> this is a shard's number
};

}  // namespace stoker
