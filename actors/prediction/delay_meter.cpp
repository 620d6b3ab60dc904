#include "actors/prediction/delay_meter.hpp"

#include <cmath>

namespace stoker {

void delay_meter::issued(key_id key, std::uint64_t request) {
  if (under_way_.size() >= most_under_way) under_way_.clear();
  under_way_[key] = request;
}

void delay_meter::arrived(key_id key, std::uint64_t request) {
  const auto found = under_way_.find(key);
  if (found == under_way_.end()) return;
  // It can be used from the next request on; what came before another request was made took no time at all.
  const auto passed = request - found->second;
  const auto took = passed == 0 ? 0 : static_cast<double>(passed + 1);
  under_way_.erase(found);
  mean_ = mean_ < 0 ? took : mean_ + smoothing * (took - mean_);
}

std::uint32_t delay_meter::requests() const noexcept {
  return mean_ < 0 ? unknown : static_cast<std::uint32_t>(std::lround(mean_));
}

}  // namespace stoker
