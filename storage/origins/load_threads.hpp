// Threads on which loads run, so that whoever asked for one can stop waiting at his deadline, even when the
// loader never returns.
//
// Threads come when a task finds none idle, up to a bound, and go when they were idle for a while. Beyond the
// bound tasks wait in a bounded queue. A task that hangs holds one thread, nothing else. Ownership: a task
// owns what it needs, for it may outlive this object: the destructor drops what waits, gives running tasks
// `farewell` to finish, and then leaves them. Threads: run() from any thread. Errors: a task must not throw.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "messages/time.hpp"

namespace stoker {

struct load_threads_config {
  std::size_t max_threads = 64;    // loads wait for others, not for this machine: more than it has cores
  std::size_t max_waiting = 4096;  // tasks: a stampede beyond is refused at once
  duration idle = std::chrono::seconds{10};
  duration farewell = std::chrono::seconds{1};
};

class load_threads {
 public:
  // Throws stoker::error when a bound is 0.
  explicit load_threads(const load_threads_config& config = {});
  ~load_threads();
  load_threads(const load_threads&) = delete;
  load_threads& operator=(const load_threads&) = delete;

  // False: every thread is busy and the queue is full, or the system gives no first thread; the task is
  // dropped.
  bool run(std::function<void()> task);

  std::size_t threads() const;
  std::size_t busy() const;

 private:
  class pool;
  std::shared_ptr<pool> pool_;
};

}  // namespace stoker
