// Threads that serve connections: as many as are needed, up to a bound, and a bounded queue before them.
//
// Threads: any.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace stoker::control {

class worker_pool {
 public:
  worker_pool(std::size_t most_threads, std::size_t most_waiting);
  ~worker_pool();
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  enum class placed { taken, waits, refused };
  // `waits`: every thread is busy; one that only waits for its client should give way.
  placed enqueue(std::function<void()> task);

  // Drops what waits, and returns when what has begun has ended.
  void stop();

 private:
  void work();

  const std::size_t most_threads_;
  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace stoker::control
