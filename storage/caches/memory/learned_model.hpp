// What the learned eviction believes: how soon a resident entry will be demanded, as a sum over small tables.
//
// The target is a soft label between 0, not demanded in time, and 1, demanded at once. The estimate is a
// logistic regression whose inputs are cells of tables over quantised features, learned online. Idea of
// learning from sampled residents up to a boundary in time: LRB (Song et al., NSDI'20, sections 3 and 4);
// additive tables with per-cell steps in place of its boosted trees, since a score has to cost nanoseconds.
// Threads: any, at once; a lesson that meets another in the same cell may be lost, which costs nothing that
// counts (Recht et al., Hogwild!, NIPS'11). Determinism: the same calls in the same order give the same
// weights. Memory: 21 KB.
#pragma once

#include <array>
#include <atomic>

#include "storage/caches/memory/learned_features.hpp"

namespace stoker {

class reuse_model {
 public:
  // Starts from a mild belief in recency and frequency, so that a cold model evicts sensibly.
  reuse_model();

  // Orders entries: a lower score is a later demand, or none.
  float score(const reuse_features::cells& cells) const noexcept {
    float sum = now(bias_);
    for (const auto c : cells) sum += now(weights_[c]);
    return sum;
  }
  // The same, of what these facts come to.
  float score(const reuse_facts& facts, const residence_scale& scale) const noexcept {
    float sum = now(bias_);
    reuse_features::each_cell(facts, scale,
                              [&](int cell) { sum += now(weights_[static_cast<std::size_t>(cell)]); });
    return sum;
  }

  // `label` in [0, 1].
  void learn(const reuse_features::cells& cells, float label) noexcept;

 private:
  using number = std::atomic<float>;  // as fast as a float, so long as nobody asks for an order

  static float now(const number& n) noexcept { return n.load(std::memory_order_relaxed); }
  static void set(number& n, float to) noexcept { n.store(to, std::memory_order_relaxed); }

  std::array<number, reuse_features::end> weights_{};
  // How much a cell learns from its next lesson; shrinks with each towards a floor, so that it follows a
  // changing world. Apart from the weights: scoring reads those alone, and they fit the L1 cache.
  std::array<number, reuse_features::end> steps_;
  number bias_ = 0;
};

}  // namespace stoker
