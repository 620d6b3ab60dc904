#include "actors/prediction/load_controller.hpp"

#include <algorithm>
#include <cmath>

namespace stoker::learning {

namespace {

struct budget {
  double price;  // odds from which a prefetch pays when plain LRU misses always
  double limit;  // origin load that a cache may reach
};

budget budget_of(operating_point point) {
  switch (point) {
    case operating_point::frugal:
      return {0.15, 1.20};
    case operating_point::balanced:
      return {0.038, 1.27};
    case operating_point::eager:
      return {0.0205, 2.20};
  }
  return {0.038, 1.27};
}

// Where eviction is not ours: how much dearer a prefetch is, and how much lower the limit of the load.
constexpr double foreign_price = 2;
constexpr double foreign_limit = 0.06;

constexpr std::uint32_t demands_per_step = 256;
constexpr std::uint32_t shortest_window = 20'000;  // demands
constexpr double enough_baseline_misses = 50;      // below this a load says nothing
constexpr double longest_step = 0.05;              // of the surcharge, relative
constexpr double least_odds = 0.02;                // below this a candidate is chance
constexpr double least_miss_ratio = 0.002;
// How much dearer a prefetch is where LRU seldom misses: the load counts by its misses, the gain by requests.
constexpr double price_power = 0.4;
constexpr double highest_threshold = 0.95;

}  // namespace

load_controller::load_controller(operating_point point, std::uint32_t cache_entries, bool foreign_eviction)
    : point_(point),
      foreign_eviction_(foreign_eviction),
      entries_(std::max(1U, cache_entries)),
      baseline_(cache_entries),
      window_(std::max(shortest_window, 4 * std::min(cache_entries, shadow_lru::most_entries))),
      threshold_logit_(0) {
  adjust();
}

void load_controller::demanded(key_id key, bool missed) {
  if (baseline_.samples(key)) {
    ++demands_;
    if (!baseline_.demand(key)) {
      ++baseline_misses_;
      ++recent_baseline_misses_;
    }
    if (missed) {
      ++calls_;
      ++recent_calls_;
    }
  }
  if (++since_adjusted_ < demands_per_step) return;
  since_adjusted_ = 0;
  adjust();
}

void load_controller::prefetched(key_id key) {
  if (!baseline_.samples(key)) return;
  ++calls_;
  ++recent_calls_;
}

void load_controller::adjust() {
  const auto own = budget_of(point_);
  const double price = own.price * (foreign_eviction_ ? foreign_price : 1);
  const double limit = own.limit - (foreign_eviction_ ? foreign_limit : 0);
  if (recent_baseline_misses_ > enough_baseline_misses) {
    const double over = recent_load() - limit;
    surcharge_ = std::max(1.0, surcharge_ * (1 + std::clamp(over, -1.0, 1.0) * longest_step));
  }
  const double keep = 1 - static_cast<double>(demands_per_step) / window_;
  recent_calls_ *= keep;
  recent_baseline_misses_ *= keep;
  const double odds =
      price * surcharge_ / std::pow(std::max(baseline_miss_ratio(), least_miss_ratio), price_power);
  const double place = (1 - baseline_miss_ratio()) / entries_ * delay_;
  const double p = std::min(odds / (1 + odds) + place, highest_threshold);
  threshold_logit_ = static_cast<float>(std::log(std::max(p / (1 - p), least_odds)));
}

// Calls are taken to have been as many as the misses: the budget starts anew.
void load_controller::restore(std::uint64_t demands, std::uint64_t misses) {
  demands_ = demands;
  baseline_misses_ = calls_ = misses;
  adjust();
}

double load_controller::load() const noexcept {
  return baseline_misses_ == 0 ? 0 : static_cast<double>(calls_) / static_cast<double>(baseline_misses_);
}

double load_controller::recent_load() const noexcept {
  return recent_baseline_misses_ == 0 ? 0 : recent_calls_ / recent_baseline_misses_;
}

double load_controller::baseline_miss_ratio() const noexcept {
  return demands_ == 0 ? 1 : static_cast<double>(baseline_misses_) / static_cast<double>(demands_);
}

}  // namespace stoker::learning
