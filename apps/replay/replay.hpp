// Replay: runs the engine's own predictor and memory cache, deterministically, over a recorded trace.
//
// It is the contract of every figure about prediction. Only the past is known at each access (what comes next
// is used to fetch memory early, which no result depends on); a prefetch takes room in the cache when it is
// issued and may evict. Threads: none; the same trace and options give the same result.
#pragma once

#include <cstdint>
#include <optional>

#include "messages/prediction.hpp"
#include "storage/caches/memory/eviction.hpp"
#include "storage/traces/trace.hpp"

namespace stoker {

enum class restore_from : std::uint8_t { none, snapshot, history };

struct replay_options {
  std::uint64_t cache_entries = 0;              // REQUIRES: at least 1
  eviction eviction_policy = default_eviction;  // with lru, a prefetched entry is an ordinary one
  predictor_kind predictor = predictor_kind::stoker;
  operating_point point = operating_point::balanced;
  std::uint32_t delay = 0;  // a prefetch arrives this many requests later
  bool opaque_keys = false;
  std::optional<std::uint64_t> restart_at;  // empties the cache after so many requests
  restore_from restore = restore_from::none;
};

struct replay_result {
  std::uint64_t requests = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t prefetches = 0;
  std::uint64_t useful_prefetches = 0;
  std::uint64_t baseline_misses = 0;  // plain LRU of the same size
  std::uint64_t distinct_keys = 0;
  std::uint64_t metadata_bytes = 0;  // everything learned; keys and values not
  double hidden_latency = 0;         // share of miss latency hidden; a late prefetch counts elapsed / delay
  double seconds = 0;
  // Of a run with restart_at: requests after the restart until warm (design: warm), against a twin that was
  // never restarted; empty: it never became warm.
  std::optional<std::uint64_t> requests_to_warm;
  std::uint64_t restart_origin_calls =
      0;  // demand misses and fills from the restart until warm, or until the end
  double hit_ratio_after_restart = 0;
  double twin_hit_ratio_after_restart = 0;

  double hit_ratio() const;
  double precision() const;
  double origin_load() const;
  double accesses_per_second() const;
};

replay_result replay(const trace& recorded, const replay_options& options);

}  // namespace stoker
