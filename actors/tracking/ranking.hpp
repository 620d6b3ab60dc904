// Puts the answers of several tracker shards together. Pure; the same answers in any order give the same
// result.
#pragma once

#include <cstdint>
#include <vector>

#include "messages/statistics.hpp"

namespace stoker {

// The order of every ranking: higher scores first, equal scores by key.
bool ranks_before(const ranked_key& left, const ranked_key& right) noexcept;

// The first `limit` keys of all shards together. REQUIRES: each shard gave its own first `limit`.
ranked_keys merge_top(std::vector<ranked_keys> shards, std::size_t limit);

// Patterns over all shards; `limit` keys in each of its rankings.
access_patterns merge_patterns(std::vector<access_patterns> shards, std::size_t limit);

// Sums over all shards; restoring while any shard is.
tracker_status merge_status(const std::vector<tracker_status>& shards);

}  // namespace stoker
