// How likely a candidate will be demanded in time: a logistic regression over cells of small tables, learned
// online.
//
// Additive tables over quantised evidence keep a judgement at a dozen additions; a step of its own for each
// cell, shrinking with the root of the lessons it got (as in AdaGrad: Duchi, Hazan & Singer, JMLR 2011), lets
// rare cells learn fast and common ones settle, towards a floor that follows a changing world. Ownership:
// owns its weights. Threads: none of its own. Determinism: the same lessons give the same weights.
#pragma once

#include <cstdint>
#include <vector>

#include "actors/prediction/evidence.hpp"

namespace stoker::learning {

float probability_of(float logit) noexcept;
float logit_of(float probability) noexcept;

class likelihood {
  static_assert(cell_layout::tables % 2 == 0);

 public:
  // Starts from a mild belief in what followed often.
  likelihood();

  float logit(const evidence& cells) const noexcept;
  // Moves towards `target`, a probability or an outcome; counts as one lesson of `weight`.
  void learn(const evidence& cells, float target, float weight) noexcept;

  // Moves by what an earlier target was off.
  void correct(const evidence& cells, float error) noexcept;

  std::size_t memory_bytes() const noexcept;
  // A number for each cell; lessons saturate.
  std::vector<float> weights() const;
  std::vector<std::uint16_t> lessons() const;
  // REQUIRES: sizes as of weights() and lessons().
  void restore(const std::vector<float>& weights, const std::vector<std::uint16_t>& lessons);

 private:
  struct cell {
    float weight = 0;
    float step = 0;  // how far the next lesson moves the weight
  };

  std::vector<cell> cells_;
};

}  // namespace stoker::learning
