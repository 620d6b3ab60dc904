// A lock for critical sections of tens of nanoseconds: it spins for about a microsecond, then gives the core
// away, so that a holder that was descheduled can go on. One byte, one atomic exchange to take, one store to
// release.
#pragma once

#include <atomic>
#include <thread>

namespace stoker {

class spin_lock {
 public:
  void lock() noexcept {
    while (taken_.exchange(true, std::memory_order_acquire)) wait();
  }
  bool try_lock() noexcept { return !taken_.exchange(true, std::memory_order_acquire); }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  // Rounds of waiting before yielding: about a microsecond, many times what a holder needs when it runs.
  static constexpr int spins_before_yield = 32;

  void wait() const noexcept {
    for (int spins = 0; taken_.load(std::memory_order_relaxed); ++spins) {
      if (spins < spins_before_yield)
        __builtin_ia32_pause();
      else
        std::this_thread::yield();
    }
  }

  std::atomic<bool> taken_{false};
};

}  // namespace stoker
