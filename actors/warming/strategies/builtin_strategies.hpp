// The strategies that every cache has.
//
//   by_usage    popular, recent, trending, time_of_day, due, snapshot: from what is known of each key's use
//   by_kind     tagged, by_attribute, language_specific, complex_patterns, common_patterns, common_files,
//               embeddings, searches, project, tag_rotation: keys of a kind that the host described
//   by_relation correlated, predictive, dependencies: what goes with certain keys
//   by_order    priority, tasks, critical: what a person said should be warm
//   by_subject  subject: a user's or session's recent keys
//   by_expiry   refresh_ahead: entries that are about to expire
//
// Each family is a file of its own beside this one. They are pure: a question, and what to make of the
// answer.
#pragma once

#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

std::vector<strategy> builtin_strategies();

}  // namespace stoker
