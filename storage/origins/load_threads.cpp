#include "storage/origins/load_threads.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "messages/error.hpp"

namespace stoker {

using task_queue = std::deque<std::function<void()>>;

class load_threads::pool : public std::enable_shared_from_this<pool> {
 public:
  explicit pool(const load_threads_config& config) : config_(config) {}

  bool run(std::function<void()> task) {
    std::lock_guard guard{mutex_};
    if (stopping_) return false;
    const bool served = threads_ - busy_ > waiting_.size() || start_thread();
    if (!served && (threads_ == 0 || waiting_.size() >= config_.max_waiting)) return false;
    waiting_.push_back(std::move(task));
    work_.notify_one();
    return true;
  }

  void stop() {
    task_queue dropped;  // tasks release what they own after the lock
    std::unique_lock guard{mutex_};
    stopping_ = true;
    dropped.swap(waiting_);
    work_.notify_all();
    gone_.wait_for(guard, config_.farewell, [this] { return threads_ == 0; });
  }

  std::size_t threads() const {
    std::lock_guard guard{mutex_};
    return threads_;
  }

  std::size_t busy() const {
    std::lock_guard guard{mutex_};
    return busy_;
  }

 private:
  // REQUIRES: the lock is held.
  bool start_thread() {
    if (threads_ >= config_.max_threads) return false;
    try {
      std::thread{[self = shared_from_this()] { self->serve(); }}.detach();
    } catch (const std::system_error&) {
      return false;  // the system has no more threads: those that are there go on
    }
    ++threads_;
    return true;
  }

  void serve() {
    std::unique_lock guard{mutex_};
    while (work_.wait_for(guard, config_.idle, [this] { return stopping_ || !waiting_.empty(); }) &&
           !stopping_) {
      auto task = std::move(waiting_.front());
      waiting_.pop_front();
      ++busy_;
      guard.unlock();
      task();
      task = nullptr;  // what it owns goes before this thread counts as idle
      guard.lock();
      --busy_;
    }
    --threads_;
    gone_.notify_all();
  }

  const load_threads_config config_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable gone_;
  task_queue waiting_;
  std::size_t threads_ = 0;  // INVARIANT: busy_ <= threads_ <= max_threads
  std::size_t busy_ = 0;
  bool stopping_ = false;
};

load_threads::load_threads(const load_threads_config& config) : pool_(std::make_shared<pool>(config)) {
  if (config.max_threads == 0)
    throw error{errc::invalid_argument, "load threads: max_threads is 0; give at least 1"};
}

load_threads::~load_threads() {
  pool_->stop();
}

bool load_threads::run(std::function<void()> task) {
  return pool_->run(std::move(task));
}

std::size_t load_threads::threads() const {
  return pool_->threads();
}

std::size_t load_threads::busy() const {
  return pool_->busy();
}

}  // namespace stoker
