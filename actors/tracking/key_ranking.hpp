// Ranks the keys of one cache in a shard's table: one scan, a heap of as many keys as are asked for; by
// recency a look at the latest accesses, where they tell.
//
// Scores, higher first:
//   popular      the rate in accesses an hour, decayed to now
//   recent       the last access in seconds since the epoch
//   trending     how surely accesses grew: (recent - before) / sqrt(recent + before), a difference of two
//   Poisson
//                counts in its standard deviations; only what grew. Windows are whole hours, 24 at most
//   hour_of_day  accesses in that hour of the day; only keys that have any
//   due          seconds between the predicted access and the end of the horizon; only keys whose access is
//   expected
//                within it, or overdue by less than a mean interval (then as if due now)
//   attribute    the value of the attribute; only keys that have it
// Keys that were described but never accessed stand at the end of popular and recent, with a score of 0.
#pragma once

#include <cstdint>

#include "actors/tracking/tracked_keys.hpp"
#include "messages/statistics.hpp"

namespace stoker {

ranked_keys rank_keys(const tracked_keys& keys, std::uint16_t cache, const top_request& request);

// What a ranking says of a key besides its score.
ranked_key describe_ranked(const tracked_keys& keys, std::uint32_t slot, time_point now);

}  // namespace stoker
