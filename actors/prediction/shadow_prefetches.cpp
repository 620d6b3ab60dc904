#include "actors/prediction/shadow_prefetches.hpp"

namespace stoker {

void shadow_prefetches::issue(key_id key) {
  waiting_[key] = insertions_;
  order_.push_back({key, insertions_});
  ++insertions_;
}

bool shadow_prefetches::demanded(key_id key, bool missed) {
  const bool waited = waiting_.erase(key) > 0;
  if (!missed) return false;
  if (waited)
    ++hits_;
  else
    ++insertions_;
  return waited;
}

const std::vector<key_id>& shadow_prefetches::take_expired() {
  expired_.clear();
  while (!order_.empty() && insertions_ - order_.front().at > entries_) {
    const auto [key, at] = order_.front();
    order_.pop_front();
    const auto found = waiting_.find(key);
    if (found == waiting_.end() || found->second != at) continue;
    waiting_.erase(found);
    expired_.push_back(key);
  }
  return expired_;
}

}  // namespace stoker
