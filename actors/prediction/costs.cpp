#include "actors/prediction/costs.hpp"

namespace stoker {

void known_costs::add(const std::string& key, std::uint32_t cost_us) {
  if (cost_us != 0 && by_key_.emplace(key, cost_us).second) sum_us_ += cost_us;
}

void known_costs::put_into(predictions& answer) const {
  if (by_key_.empty()) return;
  const auto mean = static_cast<std::uint32_t>(sum_us_ / by_key_.size());
  for (auto& candidate : answer.candidates) {
    const auto found = by_key_.find(candidate.key);
    if (found != by_key_.end())
      candidate.cost_us = found->second;
    else if (candidate.cost_us == 0)
      candidate.cost_us = mean;
  }
}

}  // namespace stoker
