#include "actors/prediction/likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stoker::learning {

namespace {

constexpr float first_step = 0.3F;               // of a cell's first lesson; 0.1 learns replays too late
constexpr float shortest_step = 0.005F;          // 0.001 follows a change of phase too slowly
constexpr std::uint16_t settled_lessons = 4096;  // first_step / sqrt(this) is below the shortest step

// What is believed of a successor that followed in `share` (0 to 15) of the occurrences, before anything was
// learned.
float belief_in_share(std::size_t share) {
  return 0.7F * (static_cast<float>(share) + 0.5F) / 17;
}

}  // namespace

float probability_of(float logit) noexcept {
  return 1 / (1 + std::exp(-logit));
}

float logit_of(float probability) noexcept {
  return std::log(probability / (1 - probability));
}

likelihood::likelihood() : weights_(cell_layout::cells, 0.0F), lessons_(cell_layout::cells, 0) {
  for (std::size_t i = 0; i < cell_layout::sizes[0]; ++i)
    weights_[cell_layout::begins[0] + i] = logit_of(belief_in_share(i % 16));
}

float likelihood::logit(const evidence& cells) const noexcept {
  float sum = 0;
  for (const auto cell : cells) sum += weights_[cell];
  return sum;
}

void likelihood::learn(const evidence& cells, float target, float weight) noexcept {
  const float error = weight * (target - probability_of(logit(cells)));
  for (const auto cell : cells)
    if (lessons_[cell] < settled_lessons) ++lessons_[cell];
  step(cells, error);
}

void likelihood::correct(const evidence& cells, float error) noexcept {
  step(cells, error);
}

void likelihood::step(const evidence& cells, float error) noexcept {
  for (const auto cell : cells) {
    const auto lessons = static_cast<float>(std::max<std::uint16_t>(1, lessons_[cell]));
    weights_[cell] += error * std::max(shortest_step, first_step / std::sqrt(lessons));
  }
}

std::size_t likelihood::memory_bytes() const noexcept {
  return weights_.capacity() * sizeof(float) + lessons_.capacity() * sizeof(std::uint16_t);
}

void likelihood::restore(std::vector<float> weights, std::vector<std::uint16_t> lessons) {
  weights_ = std::move(weights);
  lessons_ = std::move(lessons);
}

}  // namespace stoker::learning
