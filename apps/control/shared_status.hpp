// The engine's status for many who ask at once: collected once for all of them, and kept for a moment.
//
// Nobody is told a status that is older than `most_age`, nor one that was collected before the last change
// that was made through this server. Threads: any.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "messages/status.hpp"

namespace stoker::control {

class shared_status {
 public:
  using pointer = std::shared_ptr<const engine_status>;

  // `collect` asks the engine; what it throws is thrown to whoever has waited for it. `steady` is a clock
  // that never goes back.
  shared_status(std::function<engine_status()> collect, clock_function steady, duration most_age);

  pointer get();
  // What is there and fresh; null: it would have to be collected.
  pointer fresh();
  // Something was changed: what was collected before is history.
  void changed();

 private:
  pointer collect_anew(std::unique_lock<std::mutex>& guard);
  bool is_fresh() const;

  const std::function<engine_status()> collect_;
  const clock_function steady_;
  const duration most_age_;
  std::mutex mutex_;
  std::condition_variable ended_;
  pointer latest_;
  time_point begun_{};         // when the latest was begun
  std::uint64_t changes_ = 0;  // ever
  std::uint64_t as_of_ = 0;    // changes that the latest knows of
  bool collecting_ = false;
};

}  // namespace stoker::control
