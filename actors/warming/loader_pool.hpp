// The loaders of an engine, by number: the engine writes a handle when it starts or restarts one, the actors
// that guard origins read it when they have something to load.
//
// Ownership: shared; keeps loaders alive until clear(). Threads: any. A loader that is down has a null
// handle.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "messages/actors.hpp"

namespace stoker {

class loader_pool {
 public:
  explicit loader_pool(std::size_t loaders) : handles_(loaders), under_way_(loaders) {}

  std::size_t size() const noexcept { return handles_.size(); }

  // REQUIRES, of both: number < size().
  loader_actor get(std::size_t number) const {
    std::lock_guard guard{mutex_};
    return handles_[number];
  }
  void set(std::size_t number, loader_actor handle) {
    std::lock_guard guard{mutex_};
    handles_[number] = std::move(handle);
  }

  // Loads that a loader has been given and has not answered yet, by all origins together: who is least busy.
  void begin_load(std::size_t number) noexcept { under_way_[number].fetch_add(1, std::memory_order_relaxed); }
  void end_load(std::size_t number) noexcept { under_way_[number].fetch_sub(1, std::memory_order_relaxed); }
  std::int64_t loads(std::size_t number) const noexcept {
    return under_way_[number].load(std::memory_order_relaxed);
  }

  void clear() {
    std::lock_guard guard{mutex_};
    for (auto& handle : handles_) handle = nullptr;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<loader_actor> handles_;  // its size never changes
  std::vector<std::atomic<std::int64_t>> under_way_;
};

}  // namespace stoker
