#include "apps/control/event_hub.hpp"

#include <algorithm>

namespace stoker::control {

namespace {

constexpr auto period = std::chrono::seconds{1};

}  // namespace

event_watch::~event_watch() {
  hub_.leave(*this);
}

event_watch::taken event_watch::take(duration at_most) {
  std::unique_lock guard{hub_.mutex_};
  hub_.changed_.wait_for(guard, at_most,
                         [this] { return hub_.stopped_ || !waiting_.empty() || dropped_ > 0; });
  taken result;
  result.events.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  result.dropped = dropped_;
  result.over = hub_.stopped_;
  return result;
}

event_hub::event_hub(std::size_t most_watchers, std::function<std::vector<live_event>()> look)
    : most_(most_watchers), look_(std::move(look)), thread_([this] { work(); }) {}

event_hub::~event_hub() {
  stop();
}

std::unique_ptr<event_watch> event_hub::watch(const std::string& cache) {
  auto one = std::make_unique<event_watch>(*this, cache);
  std::lock_guard guard{mutex_};
  if (stopped_ || watchers_.size() >= most_) return nullptr;
  for (const auto& [name, event] : standing_) one->waiting_.push_back(event);
  watchers_.push_back(one.get());
  changed_.notify_all();
  return one;
}

void event_hub::leave(event_watch& one) {
  std::lock_guard guard{mutex_};
  std::erase(watchers_, &one);
}

std::size_t event_hub::watchers() const {
  std::lock_guard guard{mutex_};
  return watchers_.size();
}

std::uint64_t event_hub::dropped() const {
  std::lock_guard guard{mutex_};
  return dropped_;
}

void event_hub::count_dropped() {
  std::lock_guard guard{mutex_};
  ++dropped_;
}

void event_hub::publish(const std::vector<live_event>& events) {
  std::lock_guard guard{mutex_};
  for (const auto& event : events)
    if (event.standing) standing_[event.name] = event;
  for (auto* one : watchers_) {
    for (const auto& event : events) {
      if (!one->cache_.empty() && !event.cache.empty() && event.cache != one->cache_) continue;
      if (one->waiting_.size() < most_waiting_events)
        one->waiting_.push_back(event);
      else if (one->dropped_++ == 0)
        ++dropped_;
    }
  }
  changed_.notify_all();
}

void event_hub::work() {
  std::unique_lock guard{mutex_};
  while (!stopped_) {
    changed_.wait(guard, [this] { return stopped_ || !watchers_.empty(); });
    if (stopped_) return;
    guard.unlock();
    std::vector<live_event> events;
    try {
      events = look_();
    } catch (const std::exception&) {
      events.clear();  // the engine doesn't answer: whoever asks for its status is told why
    }
    publish(events);
    guard.lock();
    changed_.wait_for(guard, period, [this] { return stopped_; });
  }
}

void event_hub::stop() {
  {
    std::lock_guard guard{mutex_};
    stopped_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace stoker::control
