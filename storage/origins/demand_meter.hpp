// Counts the loads that users' demand made at an origin, until someone forwards them to the actor that guards
// it, and how long the users waited for them.
//
// Threads: any; counting is one relaxed increment.
#pragma once

#include <atomic>
#include <cstdint>

#include "messages/loading.hpp"

namespace stoker {

class demand_meter {
 public:
  void loaded() noexcept { loads_.fetch_add(1, std::memory_order_relaxed); }
  // A load that was counted came to nothing: it failed, was throttled or took too long.
  void failed() noexcept { failures_.fetch_add(1, std::memory_order_relaxed); }

  // A user had the value after so long.
  void waited(std::uint32_t us) noexcept {
    waits_.fetch_add(1, std::memory_order_relaxed);
    waited_us_.fetch_add(us, std::memory_order_relaxed);
  }
  // Over all waits ever; 0: there was none.
  double mean_wait_us() const noexcept {
    const auto waits = waits_.load(std::memory_order_relaxed);
    return waits == 0
               ? 0
               : static_cast<double>(waited_us_.load(std::memory_order_relaxed)) / static_cast<double>(waits);
  }

  // What happened since the last call. A load and its failure may fall into different calls.
  origin_demand take() noexcept {
    return {loads_.exchange(0, std::memory_order_relaxed), failures_.exchange(0, std::memory_order_relaxed)};
  }

 private:
  std::atomic<std::uint64_t> loads_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::uint64_t> waits_{0};
  std::atomic<std::uint64_t> waited_us_{0};
};

}  // namespace stoker
