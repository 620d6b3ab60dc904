// The thread of a feed, and how it is told to end: a descriptor that becomes readable, so that whoever waits
// for sockets waits for this as well.
//
// Ownership: owns the thread and the descriptor. Threads: start() and stop() from one at a time; the rest
// from the feed's own.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "messages/time.hpp"

namespace stoker::feeds {

class stop_signal {
 public:
  stop_signal();
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  void raise() noexcept;
  void clear() noexcept;
  bool raised() const noexcept { return raised_; }
  // Readable once it is raised.
  int descriptor() const noexcept { return descriptor_; }
  // Returns at once when it is raised, at the latest after so long. True: raised.
  bool wait(duration at_most) const noexcept;

 private:
  int descriptor_;
  std::atomic<bool> raised_{false};
};

class feed_thread {
 public:
  // `run` returns soon after the signal is raised, and does not throw.
  using body = std::function<void(const stop_signal&)>;

  ~feed_thread() { stop(); }

  // REQUIRES: not running.
  void start(body run);
  void stop() noexcept;
  bool running() const noexcept { return thread_.joinable(); }

 private:
  stop_signal stop_;
  std::thread thread_;
};

}  // namespace stoker::feeds
