#include "actors/warming/visit_book.hpp"

namespace stoker {

void visit_book::note(const std::string& subject, time_point warmed) {
  std::lock_guard guard{mutex_};
  if (const auto found = places_.find(subject); found != places_.end()) {
    found->second->second = warmed;
    latest_first_.splice(latest_first_.begin(), latest_first_, found->second);
    return;
  }
  latest_first_.emplace_front(subject, warmed);
  places_.emplace(subject, latest_first_.begin());
  if (places_.size() <= most_) return;
  places_.erase(latest_first_.back().first);
  latest_first_.pop_back();
}

time_point visit_book::last(const std::string& subject) const {
  std::lock_guard guard{mutex_};
  const auto found = places_.find(subject);
  return found == places_.end() ? time_point{} : found->second->second;
}

}  // namespace stoker
