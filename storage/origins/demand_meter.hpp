// Counts the loads that users' demand made at an origin and what they brought, until someone forwards them to
// the actor that guards it; and tells how many are under way, and how long the users waited for them.
//
// Threads: any; counting is a few relaxed increments.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "messages/loading.hpp"
#include "storage/origins/origin.hpp"

namespace stoker {

class demand_meter {
 public:
  // A load begins. It is under way for as long as the ticket lives, which may be longer than the meter.
  using ticket = std::shared_ptr<void>;
  ticket loaded() {
    loads_.fetch_add(1, std::memory_order_relaxed);
    begun_.fetch_add(1, std::memory_order_relaxed);
    under_way_->fetch_add(1, std::memory_order_relaxed);
    return {under_way_.get(),
            [counter = under_way_](void*) { counter->fetch_sub(1, std::memory_order_relaxed); }};
  }
  // What it came to, whether somebody still waits for it or not.
  void came(const load_result& result) noexcept {
    bytes_.fetch_add(result.bytes.size(), std::memory_order_relaxed);
    if (result.outcome != load_outcome::throttled) return;
    throttled_.fetch_add(1, std::memory_order_relaxed);
    const auto asked = result.retry_after.count();
    auto longest = retry_after_ns_.load(std::memory_order_relaxed);
    while (longest < asked && !retry_after_ns_.compare_exchange_weak(longest, asked)) continue;
  }
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
    return {take(loads_), take(failures_), take(bytes_), take(throttled_), duration{take(retry_after_ns_)}};
  }

  std::uint64_t in_flight() const noexcept { return under_way_->load(std::memory_order_relaxed); }
  // Loads that ever began, whether they were taken or not.
  std::uint64_t begun() const noexcept { return begun_.load(std::memory_order_relaxed); }

 private:
  template <class Number>
  static Number take(std::atomic<Number>& counter) noexcept {
    return counter.exchange(0, std::memory_order_relaxed);
  }

  const std::shared_ptr<std::atomic<std::uint64_t>> under_way_ =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  std::atomic<std::uint64_t> loads_{0};
  std::atomic<std::uint64_t> begun_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> throttled_{0};
  std::atomic<std::int64_t> retry_after_ns_{0};  // the longest that was asked for
  std::atomic<std::uint64_t> waits_{0};
  std::atomic<std::uint64_t> waited_us_{0};
};

}  // namespace stoker
