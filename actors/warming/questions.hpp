// What a strategy may ask, of whom, and what it finds out.
//
//   question           who answers                    finding
//   top_request        the trackers, all shards       ranked_keys
//   subject_request    the subject's tracker          ranked_keys
//   keys_question      the trackers of the keys       std::vector<key_statistics>, in the order of the keys
//   predict_request    the cache's predictor          predictions
//   entries_question   the cache                      std::vector<cache_entry_info>
//   tasks_question     the cache's registered tasks   std::vector<task_entry>
//   visit_question     the cache's book of visits     visit
//   hot_set_question   the snapshot that was loaded   std::shared_ptr<const hot_set>, null when there is none
//
// `cache` and `now` of a question are filled in for it.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "actors/warming/task_book.hpp"
#include "messages/prefetching.hpp"
#include "messages/snapshot.hpp"
#include "messages/statistics.hpp"

namespace stoker {

// Everything that is known of these keys, one for one; a key that nobody knows has a count of 0.
struct keys_question {
  std::vector<std::string> keys;
};
// Each costs a message: keys beyond are answered for as if nobody knew them.
inline constexpr std::size_t max_known_keys = 1000;

// The entries that expire one day.
struct entries_question {};

struct cache_entry_info {
  std::string key;
  duration ttl{};       // what the entry was stored with, to within 6.25 %
  duration ttl_left{};  // of that
  std::uint32_t cost_us = 0;
  std::uint32_t bytes = 0;
};

struct tasks_question {};

// When this subject's keys were warmed last.
struct visit_question {
  std::string subject;
};

struct visit {
  time_point last{};  // the epoch: not within memory
};

struct hot_set_question {};

using strategy_question = std::variant<top_request, subject_request, keys_question, predict_request,
                                       entries_question, tasks_question, visit_question, hot_set_question>;
using strategy_finding =
    std::variant<ranked_keys, std::vector<key_statistics>, predictions, std::vector<cache_entry_info>,
                 std::vector<task_entry>, visit, std::shared_ptr<const hot_set>>;

}  // namespace stoker
