#include "storage/caches/memory/learned_model.hpp"

#include <cmath>

namespace stoker {

namespace {

constexpr float first_step = 0.05F;   // of a cell's first lesson
constexpr float last_step = 0.002F;   // averages over the last few hundred lessons of a cell
constexpr float step_decay = 0.003F;  // step = first / (1 + decay x lessons)
constexpr float bias_step = 0.01F;

// The belief of a cold model, per bucket of age and of frequency.
constexpr float per_age = -0.08F;
constexpr float per_frequency = 0.25F;

}  // namespace

reuse_model::reuse_model() {
  steps_.fill(first_step);
  auto* weight = &weights_[reuse_features::age_frequency_begin];
  for (int age = 0; age < reuse_features::ages; ++age)
    for (int frequency = 0; frequency < reuse_features::frequencies; ++frequency)
      for (int kind = 0; kind < reuse_features::kinds; ++kind)
        *weight++ = per_age * static_cast<float>(age) + per_frequency * static_cast<float>(frequency);
}

void reuse_model::learn(const reuse_features::cells& cells, float label) noexcept {
  const float error = label - 1.0F / (1.0F + std::exp(-score(cells)));
  bias_ += bias_step * error;
  for (const auto c : cells) {
    auto& step = steps_[c];
    weights_[c] += step * error;
    // The next term of first / (1 + decay n), without keeping n.
    step = std::max(last_step, step / (1.0F + step * (step_decay / first_step)));
  }
}

}  // namespace stoker
