#include "actors/warming/prefetch_queue.hpp"

#include <algorithm>
#include <iterator>

#include "messages/error.hpp"

namespace stoker {

void validate(const prefetch_settings& settings) {
  if (settings.queue_capacity == 0 || settings.max_in_flight == 0)
    throw error{errc::invalid_argument, "prefetching: queue_capacity and max_in_flight must be at least 1"};
  if (settings.longest_wait <= duration::zero() || settings.load_timeout <= duration::zero() ||
      settings.outcome_interval <= duration::zero())
    throw error{errc::invalid_argument,
                "prefetching: longest_wait, load_timeout and outcome_interval must be positive"};
}

void prefetch_queue::add(const std::vector<prefetch_item>& items, time_point now,
                         std::vector<std::string>& dropped) {
  for (const auto& item : items)
    if (!item.key.empty() && by_key_.count(item.key) == 0 && in_flight_.count(item.key) == 0)
      if (!insert(item, now, dropped)) dropped.push_back(item.key);
}

bool prefetch_queue::insert(const prefetch_item& item, time_point now, std::vector<std::string>& dropped) {
  if (waiting_.size() >= settings_.queue_capacity) {
    const auto worst = std::prev(waiting_.end());
    if (worst->probability >= item.probability) return false;
    dropped.push_back(worst->key);
    remove(worst);
  }
  const auto [place, is_new] = waiting_.insert({item.probability, next_number_++, item.key, now});
  by_key_.emplace(item.key, place);
  return is_new;
}

void prefetch_queue::remove(order::iterator place) {
  by_key_.erase(place->key);
  waiting_.erase(place);
}

std::vector<prefetch_item> prefetch_queue::take(time_point now, std::vector<std::string>& dropped) {
  std::vector<prefetch_item> taken;
  while (in_flight_.size() < settings_.max_in_flight && !waiting_.empty()) {
    const auto best = waiting_.begin();
    const prefetch_item item{best->key, best->probability};
    const auto stale = now - best->arrived > settings_.longest_wait;
    remove(best);
    if (stale) {
      dropped.push_back(item.key);
    } else {
      in_flight_.insert(item.key);
      taken.push_back(item);
    }
  }
  return taken;
}

std::vector<std::string> prefetch_queue::clear() {
  std::vector<std::string> keys;
  for (const auto& waiting : waiting_) keys.push_back(waiting.key);
  by_key_.clear();
  waiting_.clear();
  return keys;
}

}  // namespace stoker
