// The probability graph: J. Griffioen and R. Appleton, "Reducing File System Latency using a Predictive
// Approach", USENIX Summer 1994, section 3.
//
// Each key is a node; an arc to every key that was demanded within the next `steps` accesses counts how
// often. A demand proposes each key whose arc, per occurrence of the node, is above the threshold; the
// likeliest is put into the cache last.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <vector>

#include "bench/baselines/simulation.hpp"

namespace stoker::baselines {

struct probability_graph_options {
  unsigned steps = 1;              // the paper's look-ahead period, in accesses
  double threshold = 0.25;         // the paper's minimum chance
  std::uint64_t most_parts = 0;    // nodes and arcs that may be stored; then no new ones. 0: no bound
  bool forgets_weak_arcs = false;  // each look-up drops the node's strongest arc below the threshold for
                                   // good: what the simulator behind the published figures does
};

class probability_graph final : public prefetcher {
 public:
  probability_graph(std::uint64_t distinct_keys, const probability_graph_options& options);

  void accessed(key_id key, bool hit) override;
  void propose(key_id key, std::vector<key_id>& out) override;
  std::uint64_t metadata_bytes() const override;

 private:
  struct arc {
    key_id to = 0;
    std::uint32_t count = 0;
    bool forgotten = false;
  };
  struct node {
    std::uint64_t counted = 0;  // followers, up to `steps` for each occurrence
    std::vector<arc> arcs;      // invariant: counts fall from front to back
  };

  bool link(key_id from, key_id to);
  void strengthen(key_id from, std::uint32_t& position);
  bool full() const { return options_.most_parts > 0 && parts_ >= options_.most_parts; }
  static std::uint64_t arc_name(key_id from, key_id to) { return std::uint64_t{from} << 32 | to; }

  probability_graph_options options_;
  std::vector<node> nodes_;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> positions_;  // of each arc in its node
  std::vector<key_id> recent_;                                   // the last `steps` keys, a ring
  std::uint64_t accesses_ = 0;
  std::uint64_t parts_ = 0;  // nodes and arcs stored
  bool closed_ = false;      // the bound was reached: what is stored counts on, nothing is added
};

}  // namespace stoker::baselines
