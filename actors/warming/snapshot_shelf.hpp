// What is known of a cache's snapshots, and the hot set that was loaded from one: what the strategy
// "snapshot" proposes.
//
// Pure but for its lock. Threads: any. Ownership: shares the hot set, which is never changed.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "messages/snapshot.hpp"

namespace stoker {

class snapshot_shelf {
 public:
  void saved(const std::string& path, std::uint64_t keys, std::uint64_t bytes, time_point now) {
    std::lock_guard guard{mutex_};
    status_.path = path;
    status_.saved_at = now;
    status_.saved_keys = keys;
    status_.saved_bytes = bytes;
  }
  void loaded(const std::string& path, std::shared_ptr<const hot_set> hot, time_point now) {
    std::lock_guard guard{mutex_};
    status_.path = path;
    status_.loaded_at = now;
    status_.loaded_keys = hot->keys.size();
    status_.taken_at = hot->taken_at;
    hot_ = std::move(hot);
  }
  // What was loaded before stays.
  void failed(const std::string& why) {
    std::lock_guard guard{mutex_};
    ++status_.failures;
    status_.last_error = why;
  }

  // Null: none was loaded.
  std::shared_ptr<const hot_set> hot() const {
    std::lock_guard guard{mutex_};
    return hot_;
  }
  snapshot_status status() const {
    std::lock_guard guard{mutex_};
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  snapshot_status status_;
  std::shared_ptr<const hot_set> hot_;
};

}  // namespace stoker
