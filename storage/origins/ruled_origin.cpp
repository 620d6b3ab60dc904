#include "storage/origins/ruled_origin.hpp"

#include <algorithm>

#include "messages/glob.hpp"

namespace stoker {

load_result ruled_origin::load(std::string_view key, std::chrono::steady_clock::time_point deadline) {
  const auto rule = std::find_if(rules_.begin(), rules_.end(),
                                 [&](const origin_rule& each) { return matches_glob(each.keys, key); });
  if (rule == rules_.end()) return others_->load(key, deadline);
  auto result = (rule->source ? rule->source : others_)->load(key, deadline);
  if (result.ttl == std::chrono::nanoseconds::zero()) result.ttl = rule->ttl;
  return result;
}

}  // namespace stoker
