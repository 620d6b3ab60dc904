#include "apps/control/worker_pool.hpp"

namespace stoker::control {

worker_pool::worker_pool(std::size_t most_threads, std::size_t most_waiting)
    : most_threads_(most_threads), most_waiting_(most_waiting) {}

worker_pool::~worker_pool() {
  stop();
}

worker_pool::placed worker_pool::enqueue(std::function<void()> task) {
  std::lock_guard guard{mutex_};
  if (stopped_) return placed::refused;
  if (waiting_.size() < idle_ || threads_.size() < most_threads_) {
    if (waiting_.size() >= idle_) threads_.emplace_back([this] { work(); });
    waiting_.push_back(std::move(task));
    changed_.notify_one();
    return placed::taken;
  }
  if (waiting_.size() >= idle_ + most_waiting_) return placed::refused;
  waiting_.push_back(std::move(task));
  return placed::waits;
}

void worker_pool::work() {
  std::unique_lock guard{mutex_};
  for (;;) {
    ++idle_;
    changed_.wait(guard, [this] { return stopped_ || !waiting_.empty(); });
    --idle_;
    if (stopped_) return;
    auto task = std::move(waiting_.front());
    waiting_.pop_front();
    guard.unlock();
    task();
    task = nullptr;
    guard.lock();
  }
}

void worker_pool::stop() {
  {
    std::lock_guard guard{mutex_};
    stopped_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

}  // namespace stoker::control
