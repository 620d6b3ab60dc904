// What the learned eviction believes: how soon a resident entry will be demanded, as a sum over small tables.
//
// The target is a soft label between 0, not demanded in time, and 1, demanded at once. The estimate is a
// logistic regression whose inputs are cells of tables over quantised features, learned online. Idea of
// learning from sampled residents up to a boundary in time: LRB (Song et al., NSDI'20, sections 3 and 4);
// additive tables with per-cell steps in place of its boosted trees, since a score has to cost nanoseconds.
// Threads: none of its own. Determinism: the same calls give the same weights. Memory: 21 KB.
#pragma once

#include <array>

#include "storage/caches/memory/learned_features.hpp"

namespace stoker {

class reuse_model {
 public:
  // Starts from a mild belief in recency and frequency, so that a cold model evicts sensibly.
  reuse_model();

  // Orders entries: a lower score is a later demand, or none.
  float score(const reuse_features::cells& cells) const noexcept {
    float sum = bias_;
    for (const auto c : cells) sum += weights_[c];
    return sum;
  }

  // `label` in [0, 1].
  void learn(const reuse_features::cells& cells, float label) noexcept;

 private:
  std::array<float, reuse_features::end> weights_{};
  // How much a cell learns from its next lesson; shrinks with each towards a floor, so that it follows a
  // changing world. Apart from the weights: scoring reads those alone, and they fit the L1 cache.
  std::array<float, reuse_features::end> steps_;
  float bias_ = 0;
};

}  // namespace stoker
