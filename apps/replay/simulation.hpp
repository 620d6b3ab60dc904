// One run of the engine's predictor and memory cache over a trace, access by access.
//
// Ownership: owns the cache and the predictor; the trace must outlive it. Threads: none.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/prediction/predictor.hpp"
#include "apps/replay/replay.hpp"
#include "storage/caches/memory/memory_cache.hpp"

namespace stoker::replaying {

struct counts {
  std::uint64_t requests = 0;
  std::uint64_t hits = 0;
  std::uint64_t prefetches = 0;
  std::uint64_t useful_prefetches = 0;
  double late_credit = 0;  // elapsed / delay, summed over late prefetches

  std::uint64_t misses() const { return requests - hits; }
};

class simulation {
 public:
  simulation(const trace& recorded, const replay_options& options);

  // The next access of the trace. Returns whether it was a hit.
  bool step();
  // Empties the cache; what comes back is what `from` gives: nothing, the entries' keys, or the saved model
  // and what it knows. Loads count as prefetches.
  void restart(restore_from from);

  const counts& totals() const { return counts_; }
  const predictor& model() const { return *predictor_; }
  std::uint64_t metadata_bytes() const { return predictor_->memory_bytes() + cache_.policy_bytes(); }

 private:
  struct known_key {
    std::uint64_t hash = 0;
    key_id id = no_key;  // the predictor's number; no_key: not seen yet
  };

  void look_ahead() const;
  key_id known(std::uint32_t trace_key);
  std::string_view name_of(std::uint32_t trace_key) const;
  access_outcome look_up(std::uint32_t trace_key);
  void prefetch(std::span<const proposal> proposals);
  bool fill(key_id key, float probability);
  void report_departures();
  void restore_keys(const std::vector<std::string>& keys, float least, float best);

  const trace& trace_;
  const replay_options options_;
  memory_cache cache_;
  std::unique_ptr<predictor> predictor_;
  std::vector<known_key> keys_;          // by the trace's key
  std::vector<std::uint32_t> arrivals_;  // by the predictor's key; of prefetches under way
  std::vector<departure> departures_;
  std::uint64_t likely_departure_ = 0;  // hash of the next
  const value nothing_{"x"};            // what every key holds
  std::uint32_t now_ = 0;               // accesses so far
  counts counts_;
};

}  // namespace stoker::replaying
