// Asks the engine with a deadline: whatever it is waiting for, the client is answered in time.
//
// A question runs on a thread of this pool. One that takes longer than it may is left to itself: its answer
// is dropped, and its lane is taken until the engine gives up, for which it has deadlines of its own. When
// all lanes are taken and as many questions wait, more are turned away at once.
//
// Ownership: a question owns, or shares, what it refers to, for it may outlive its asker. Threads: any.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "apps/control/problem.hpp"
#include "messages/time.hpp"

namespace stoker::control {

class engine_lanes {
 public:
  engine_lanes(std::size_t lanes, std::size_t waiting, duration answer_timeout);
  ~engine_lanes();
  engine_lanes(const engine_lanes&) = delete;
  engine_lanes& operator=(const engine_lanes&) = delete;

  duration answer_timeout() const noexcept { return answer_timeout_; }

  // The answer, or what the question threw. Throws `refused`: 503 when there is no room, 504 when it took too
  // long.
  template <class Question>
  auto ask(Question question) -> decltype(question()) {
    using answer = decltype(question());
    auto task = std::make_shared<std::packaged_task<answer()>>(std::move(question));
    auto result = task->get_future();
    enqueue([task] { (*task)(); });
    if (result.wait_for(answer_timeout_) != std::future_status::ready) throw too_late();
    try {
      return result.get();
    } catch (const std::future_error&) {  // it was dropped, for the server stops
      throw stopping();
    }
  }

  // Takes no more questions, and waits for those that have begun.
  void stop();

 private:
  void enqueue(std::function<void()> task);
  void work();
  static refused too_late();
  static refused stopping();

  const std::size_t most_waiting_;
  const duration answer_timeout_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace stoker::control
