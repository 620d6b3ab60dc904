#include "actors/engine/warm_gauge.hpp"

#include <algorithm>
#include <numeric>

namespace stoker {

namespace {

constexpr std::size_t windows_in_a_row = 3;
constexpr double tolerance = 0.01 + 1e-9;        // of a point, but for rounding
constexpr double record_weight = 1.0 / 16;       // of a new window in the record of a warm cache
constexpr std::uint32_t most_cold_windows = 50;  // below the record, before it is given up

}  // namespace

void warm_gauge::restore(double steady_hit_ratio) {
  if (!warm() && steady_hit_ratio >= 0 && steady_hit_ratio <= 1) steady_ = steady_hit_ratio;
}

void warm_gauge::closed(double hit_ratio, time_point now) {
  recent_.push_back(hit_ratio);
  if (recent_.size() > windows_in_a_row) recent_.erase(recent_.begin());
  if (warm()) {
    steady_ += record_weight * (hit_ratio - steady_);
    return;
  }
  if (++cold_windows_ > most_cold_windows) steady_ = -1;
  if (!reached()) return;
  if (steady_ < 0)
    steady_ = std::accumulate(recent_.begin(), recent_.end(), 0.0) / static_cast<double>(recent_.size());
  time_to_warm_ = std::max(duration::zero(), now - began_);
}

bool warm_gauge::reached() const {
  if (recent_.size() < windows_in_a_row) return false;
  const auto [low, high] = std::minmax_element(recent_.begin(), recent_.end());
  return steady_ < 0 ? *high - *low <= tolerance : *low >= steady_ - tolerance;
}

void warm_gauge::emptied(time_point now) {
  began_ = now;
  time_to_warm_ = duration{-1};
  recent_.clear();
  cold_windows_ = 0;
}

double warm_gauge::warmness() const noexcept {
  if (recent_.empty() || steady_ < 0) return -1;
  return steady_ == 0 ? 1 : std::min(1.0, recent_.back() / steady_);
}

}  // namespace stoker
