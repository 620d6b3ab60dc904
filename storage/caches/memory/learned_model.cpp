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
  for (number& step : steps_) set(step, first_step);
  auto* weight = &weights_[reuse_features::age_frequency_begin];
  for (int age = 0; age < reuse_features::ages; ++age)
    for (int frequency = 0; frequency < reuse_features::frequencies; ++frequency)
      for (int kind = 0; kind < reuse_features::kinds; ++kind)
        set(*weight++, per_age * static_cast<float>(age) + per_frequency * static_cast<float>(frequency));
}

void reuse_model::learn(const reuse_features::cells& cells, float label) noexcept {
  const float error = label - 1.0F / (1.0F + std::exp(-score(cells)));
  set(bias_, now(bias_) + bias_step * error);
  for (const auto c : cells) {
    const float step = now(steps_[c]);
    set(weights_[c], now(weights_[c]) + step * error);
    // The next term of first / (1 + decay n), without keeping n.
    set(steps_[c], std::max(last_step, step / (1.0F + step * (step_decay / first_step))));
  }
}

}  // namespace stoker
