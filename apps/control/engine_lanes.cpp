#include "apps/control/engine_lanes.hpp"

namespace stoker::control {

engine_lanes::engine_lanes(std::size_t lanes, std::size_t waiting, duration answer_timeout)
    : most_waiting_(waiting), answer_timeout_(answer_timeout) {
  for (std::size_t i = 0; i < lanes; ++i) threads_.emplace_back([this] { work(); });
}

engine_lanes::~engine_lanes() {
  stop();
}

void engine_lanes::stop() {
  {
    std::lock_guard guard{mutex_};
    stopped_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

void engine_lanes::enqueue(std::function<void()> task) {
  {
    std::lock_guard guard{mutex_};
    if (stopped_) throw stopping();
    if (waiting_.size() >= most_waiting_ + idle_)
      throw refused{{503,
                     "unavailable",
                     "The engine is slow to answer, and too many requests wait for it.",
                     {},
                     {},
                     1}};
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void engine_lanes::work() {
  std::unique_lock guard{mutex_};
  for (;;) {
    ++idle_;
    changed_.wait(guard, [this] { return stopped_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    auto task = std::move(waiting_.front());
    waiting_.pop_front();
    guard.unlock();
    task();
    task = nullptr;  // what it holds is let go of outside of the lock
    guard.lock();
  }
}

refused engine_lanes::stopping() {
  return refused{{503, "stopped", "The server is being stopped."}};
}

refused engine_lanes::too_late() {
  return refused{
      {504, "timed_out", "The engine did not answer in time; it may be busy, or hang.", {}, {}, 1}};
}

}  // namespace stoker::control
