// Counts the loads that users' demand made at an origin, until someone forwards them to the actor that guards
// it.
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

  // What happened since the last call. A load and its failure may fall into different calls.
  origin_demand take() noexcept {
    return {loads_.exchange(0, std::memory_order_relaxed), failures_.exchange(0, std::memory_order_relaxed)};
  }

 private:
  std::atomic<std::uint64_t> loads_{0};
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace stoker
