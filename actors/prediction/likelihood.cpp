#include "actors/prediction/likelihood.hpp"

#include <algorithm>
#include <cmath>

namespace stoker::learning {

namespace {

constexpr float first_step = 0.3F;       // of a cell's first lesson; 0.1 learns replays too late
constexpr float shortest_step = 0.005F;  // 0.001 follows a change of phase too slowly
constexpr float most_lessons = 65535;

// After the n-th lesson a step is first_step / sqrt(n + 1). This is the step after `step`, by a polynomial
// for 1 / sqrt(1 + x) that is exact at both ends: a root and a division for a dozen cells take longer than
// all the rest of a lesson.
float next_step(float step) {
  const float x = step * step * (1 / (first_step * first_step));
  return step * (1 - x * (0.5F - 0.20711F * x));
}

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

likelihood::likelihood() : cells_(cell_layout::cells, cell{0, first_step}) {
  for (std::size_t i = 0; i < cell_layout::sizes[0]; ++i)
    cells_[cell_layout::begins[0] + i].weight = logit_of(belief_in_share(i % 16));
}

float likelihood::logit(const evidence& cells) const noexcept {
  // Two sums at a time: each addition waits for the one before.
  float even = 0;
  float odd = 0;
  for (std::size_t i = 0; i < cells.size(); i += 2) {
    even += cells_[cells[i]].weight;
    odd += cells_[cells[i + 1]].weight;
  }
  return even + odd;
}

void likelihood::learn(const evidence& cells, float target, float weight) noexcept {
  const float error = weight * (target - probability_of(logit(cells)));
  for (const auto at : cells) {
    auto& c = cells_[at];
    c.weight += error * c.step;
    const float next = next_step(c.step);
    c.step = next > shortest_step ? next : shortest_step;
  }
}

void likelihood::correct(const evidence& cells, float error) noexcept {
  for (const auto at : cells) cells_[at].weight += error * cells_[at].step;
}

std::size_t likelihood::memory_bytes() const noexcept {
  return cells_.capacity() * sizeof(cell);
}

std::vector<float> likelihood::weights() const {
  std::vector<float> result;
  for (const auto& c : cells_) result.push_back(c.weight);
  return result;
}

std::vector<std::uint16_t> likelihood::lessons() const {
  std::vector<std::uint16_t> result;
  for (const auto& c : cells_) {
    const float steps = first_step / c.step;
    result.push_back(static_cast<std::uint16_t>(std::lround(std::min(steps * steps - 1, most_lessons))));
  }
  return result;
}

void likelihood::restore(const std::vector<float>& weights, const std::vector<std::uint16_t>& lessons) {
  for (std::size_t i = 0; i < cells_.size(); ++i)
    cells_[i] = {weights[i], std::max(shortest_step, first_step / std::sqrt(1.0F + lessons[i]))};
}

}  // namespace stoker::learning
