// What a tracker shard knows and answers, over all caches. Pure: the actor around it brings messages and the
// time.
//
// Threads: one. Deterministic. Only user traffic may come in batches: what the warmer fills is no access.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tracking/defaults.hpp"
#include "actors/tracking/neighbours.hpp"
#include "actors/tracking/subject_table.hpp"
#include "actors/tracking/tracked_keys.hpp"
#include "messages/access.hpp"
#include "messages/history.hpp"
#include "messages/statistics.hpp"

namespace stoker {

// Capacities of one shard.
struct tracker_limits {
  std::uint64_t max_keys = tracking_defaults::max_keys;
  std::uint64_t hot_keys = tracking_defaults::hot_keys;  // with access times and co-access counts
  std::uint64_t max_subjects = tracking_defaults::max_subjects;
  std::uint32_t keys_per_subject = tracking_defaults::keys_per_subject;
};

// In bytes, as asked of the allocator.
struct tracker_memory {
  std::uint64_t keys = 0;  // what every key takes, its own bytes included
  std::uint64_t all = 0;   // with the hot keys, the described ones, subjects and streams
};

class tracker_core {
 public:
  tracker_core(std::uint32_t shard, std::uint32_t shards, const tracker_limits& limits,
               duration rate_half_life);

  void apply(const access_batch& batch);
  void apply(const key_description& description);
  void forget(const std::string& cache);

  // Questions about keys of other shards, or of unknown caches, have empty answers.
  ranked_keys top(const top_request& request) const;
  key_statistics key(const key_request& request) const;
  key_frequency frequency(const frequency_request& request) const;
  ranked_keys subject(const subject_request& request) const;
  access_patterns patterns(const patterns_request& request) const;
  // `unwritten_keys` are those not yet taken by take_changes().
  tracker_status status() const;
  tracker_memory memory() const;

  // Adds a page of what history holds of this shard, until end_restore(). A cache that is forgotten meanwhile
  // stays so.
  void restore(const history_page& page);
  void end_restore();
  bool restoring() const noexcept { return restoring_; }

  // The next changed keys from the place `from` on, at most `limit`, by cache and without versions; empty: no
  // more.
  std::vector<history_write> take_changes(std::uint32_t& from, std::size_t limit);

 private:
  // What is kept of a cache as a whole. Keys that were evicted still count.
  struct cache_totals {
    std::string name;
    std::uint64_t accesses = 0;
    std::array<std::uint64_t, 24> hour_of_day{};
  };

  bool is_mine(std::uint64_t hash) const noexcept { return shards_ == 1 || hash % shards_ == shard_; }
  std::uint16_t number_of(const std::string& cache);
  std::uint16_t find_number(const std::string& cache) const;
  void select_mine(const access_batch& batch);
  void apply_notes(std::uint16_t cache, const access_batch& batch);
  void apply_note(std::uint16_t cache, const access_batch& batch, const access_note& note);

  std::uint32_t shard_;
  std::uint32_t shards_;
  tracked_keys keys_;
  subject_table subjects_;
  neighbour_learner neighbours_;
  absl::flat_hash_map<std::string, std::uint16_t> numbers_;
  std::vector<cache_totals> caches_;  // by number
  std::uint64_t accesses_ = 0;
  std::uint64_t dropped_ = 0;
  bool restoring_ = true;
  std::set<std::string> forgotten_;  // while restoring

  // Scratch of apply(): indices of this shard's records in the batch, their slots, and the slots of all
  // records.
  std::vector<std::uint32_t> mine_;
  std::vector<std::uint32_t> my_slots_;
  std::vector<std::uint32_t> slots_;
};

}  // namespace stoker
