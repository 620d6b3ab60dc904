#include "storage/origins/ruled_origin.hpp"

#include <algorithm>

namespace stoker {

ruled_origin::ruled_origin(std::shared_ptr<origin> others, const std::vector<origin_rule>& rules)
    : others_(std::move(others)) {
  for (const auto& each : rules) rules_.push_back({key_pattern{each.keys}, each.source, each.ttl});
}

load_result ruled_origin::load(std::string_view key, std::chrono::steady_clock::time_point deadline) {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const rule& each) { return each.keys.match(key).has_value(); });
  if (found == rules_.end()) return others_->load(key, deadline);
  auto result = (found->source ? found->source : others_)->load(key, deadline);
  if (result.ttl == std::chrono::nanoseconds::zero()) result.ttl = found->ttl;
  return result;
}

}  // namespace stoker
