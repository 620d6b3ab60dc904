#include "actors/tracking/ranking.hpp"

#include <algorithm>
#include <iterator>

namespace stoker {

bool ranks_before(const ranked_key& left, const ranked_key& right) noexcept {
  return left.score != right.score ? left.score > right.score : left.key < right.key;
}

ranked_keys merge_top(std::vector<ranked_keys> shards, std::size_t limit) {
  ranked_keys all;
  for (auto& shard : shards)
    all.keys.insert(all.keys.end(), std::make_move_iterator(shard.keys.begin()),
                    std::make_move_iterator(shard.keys.end()));
  std::sort(all.keys.begin(), all.keys.end(), ranks_before);
  if (all.keys.size() > limit) all.keys.resize(limit);
  return all;
}

access_patterns merge_patterns(std::vector<access_patterns> shards, std::size_t limit) {
  access_patterns all;
  std::vector<ranked_keys> top;
  std::vector<ranked_keys> trending;
  for (auto& shard : shards) {
    all.total_accesses += shard.total_accesses;
    all.unique_keys += shard.unique_keys;
    for (std::size_t hour = 0; hour < all.hour_of_day.size(); ++hour)
      all.hour_of_day[hour] += shard.hour_of_day[hour];
    top.push_back({std::move(shard.top)});
    trending.push_back({std::move(shard.trending)});
  }
  all.top = merge_top(std::move(top), limit).keys;
  all.trending = merge_top(std::move(trending), limit).keys;
  return all;
}

tracker_status merge_status(const std::vector<tracker_status>& shards) {
  tracker_status all;
  for (const auto& shard : shards) {
    all.keys += shard.keys;
    all.accesses += shard.accesses;
    // Every shard is told of every loss.
    all.dropped_accesses = std::max(all.dropped_accesses, shard.dropped_accesses);
    all.evicted_keys += shard.evicted_keys;
    all.memory_bytes += shard.memory_bytes;
    all.unwritten_keys += shard.unwritten_keys;
    all.restoring = all.restoring || shard.restoring;
  }
  return all;
}

}  // namespace stoker
