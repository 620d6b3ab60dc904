#include "actors/prediction/calibration.hpp"

#include <algorithm>

#include "actors/prediction/likelihood.hpp"

namespace stoker::learning {

namespace {

constexpr float lowest = -6;
constexpr float per_logit = 2;       // knots
constexpr float prior_lessons = 20;  // how much the logit itself is trusted at first
// A knot remembers this share of all its lessons, within bounds: a new trace is followed at once, while over
// a long one few lessons would make the curve tremble, and candidates would be promised what just came by
// chance.
constexpr float remembered_share = 1.0F / 96;
constexpr float least_remembered = 150;
constexpr float most_remembered = 800;

// Before anything was learned. The logit counts only what no later source would foresee: all together is
// more.
float believed(float logit) {
  return probability_of(0.8F * logit + 0.3F);
}

}  // namespace

calibration::calibration() {
  for (std::size_t i = 0; i < knots; ++i) shares_[i] = believed(lowest + static_cast<float>(i) / per_logit);
  lessons_.fill(prior_lessons);
}

calibration::place calibration::place_of(float logit) noexcept {
  const float at = std::clamp((logit - lowest) * per_logit, 0.0F, static_cast<float>(knots - 1));
  const auto left = std::min(static_cast<std::size_t>(at), knots - 2);
  return {left, at - static_cast<float>(left)};
}

float calibration::probability(float logit) const noexcept {
  const auto [left, to_right] = place_of(logit);
  return shares_[left] + (shares_[left + 1] - shares_[left]) * to_right;
}

void calibration::learn(float logit, float error, float weight) noexcept {
  const auto [left, to_right] = place_of(logit);
  teach(left, error, (1 - to_right) * weight);
  teach(left + 1, error, to_right * weight);
}

void calibration::teach(std::size_t knot, float error, float weight) noexcept {
  taught_[knot] += weight;
  const float remembered = std::clamp(taught_[knot] * remembered_share, least_remembered, most_remembered);
  lessons_[knot] = std::min(remembered, lessons_[knot] + weight);
  move(knot, error, weight);
}

void calibration::correct(float logit, float error) noexcept {
  const auto [left, to_right] = place_of(logit);
  move(left, error, 1 - to_right);
  move(left + 1, error, to_right);
}

void calibration::move(std::size_t knot, float by, float weight) noexcept {
  shares_[knot] = std::clamp(shares_[knot] + by * std::min(1.0F, weight / lessons_[knot]), 0.0005F, 0.9995F);
}

}  // namespace stoker::learning
