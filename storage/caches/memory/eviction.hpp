// The eviction seam of the memory cache: a policy orders the slots of one shard and names the next victim.
//
// A slot is a small dense number that the shard gives to an entry while it is resident; slots are reused.
// Ownership: a policy belongs to one shard. Threads: called under the shard's lock only. Time: a policy has
// no clock but the calls it gets. Determinism: the same calls give the same victims; of policies that share
// what they learn, the same calls in the same order over all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace stoker {

enum class eviction : std::uint8_t { lru, s3fifo, learned };

// What an engine uses unless it is told otherwise. `learned` misses less on every recorded trace; its hits
// cost up to half as much again as those of s3fifo, its misses about a microsecond more: 0.2 us an access,
// for which a point of hit ratio pays where a miss costs 20 us or more (bench/memory_cache_bench.cpp).
inline constexpr eviction default_eviction = eviction::learned;

const char* to_string(eviction kind) noexcept;

class eviction_policy {
 public:
  using slot = std::uint32_t;
  static constexpr slot no_slot = 0xffffffff;

  virtual ~eviction_policy() = default;

  // Hints: the resident entry will be demanded soon, or a key that is not resident.
  virtual void expect(slot) const noexcept {}
  virtual void expect_missing(std::uint64_t) const noexcept {}
  // An entry became resident. `prefetched`: nobody has demanded it yet; `probability`: how likely somebody
  // will, as far as its warmer knows.
  virtual void inserted(slot s, std::uint64_t key_hash, bool prefetched, float probability) = 0;
  // A user demanded the resident entry; `first_use`: it was prefetched and unused until now.
  virtual void demanded(slot s, bool first_use) = 0;
  // A user demanded a key that is not resident.
  virtual void missed(std::uint64_t key_hash) = 0;
  // The entry left the shard: evicted, expired or invalidated. A victim is erased by the shard, too.
  virtual void erased(slot s) = 0;
  // REQUIRES: at least one resident entry. Does not remove it: the shard calls erased().
  virtual slot victim() = 0;
  // Which entry victim() may well name next, or no_slot: a guess, for the shard to bring it from memory in
  // time.
  virtual slot likely_victim() const = 0;

  // Everything the policy remembers, in bytes: links, queues, ghosts, weights.
  virtual std::size_t metadata_bytes() const = 0;
};

// `prefetched_first_to_go` matters to lru alone: whether unused prefetched entries go before others, or are
// ordinary ones (as in a cache whose eviction is not ours). s3fifo always lets them go first; learned weighs
// them itself.
std::unique_ptr<eviction_policy> make_eviction_policy(eviction kind, bool prefetched_first_to_go = true);

// One for each shard of a cache; under learned they share what they learn, so that each of them may ask less.
std::vector<std::unique_ptr<eviction_policy>> make_eviction_policies(eviction kind, std::size_t shards,
                                                                     bool prefetched_first_to_go = true);

}  // namespace stoker
