// When the keys of each subject were warmed last, so that a user who signs in twice is not warmed twice.
//
// Of subjects, those warmed last are remembered. Ownership: shared by a cache's warmers. Threads: any.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "messages/time.hpp"

namespace stoker {

class visit_book {
 public:
  static constexpr std::size_t max_subjects = 100'000;  // as many as a tracker remembers

  explicit visit_book(std::size_t most = max_subjects) : most_(most) {}

  void note(const std::string& subject, time_point warmed);
  // The epoch: not within memory.
  time_point last(const std::string& subject) const;

 private:
  using entries = std::list<std::pair<std::string, time_point>>;

  std::size_t most_;
  mutable std::mutex mutex_;
  entries latest_first_;
  std::map<std::string, entries::iterator> places_;  // INVARIANT: one for each entry
};

}  // namespace stoker
