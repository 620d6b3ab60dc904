// What fills put into a cache outside of the process, and nobody is known to have used or changed since: what
// can be undone.
//
// Bounded: beyond so many entries the oldest are forgotten, and stay in the cache. An entry costs about 80
// bytes. Threads: any. Time comes in as an argument.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>

#include "messages/key.hpp"

namespace stoker {

class fill_book {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  struct fill {
    std::uint64_t version = 0;  // of what was filled, as the back end tells versions; 0: it does not
    steady_time at{};
  };

  explicit fill_book(std::size_t max_entries) : max_entries_(max_entries) {}

  void filled(std::string_view key, std::uint64_t version, steady_time now) {
    std::lock_guard guard{mutex_};
    const auto hash = hash_key(key);
    fills_[hash] = {{version, now}, ++latest_};
    order_.push_back({hash, latest_});
    while (order_.size() > max_entries_) forget_oldest();
  }

  // It was used, changed or removed. Returns whether it was in the book: a first use.
  bool gone(std::string_view key) {
    std::lock_guard guard{mutex_};
    return fills_.erase(hash_key(key)) > 0;
  }
  void all_gone() {
    std::lock_guard guard{mutex_};
    fills_.clear();
    order_.clear();
  }

  std::optional<fill> find(std::string_view key) const {
    std::lock_guard guard{mutex_};
    const auto found = fills_.find(hash_key(key));
    if (found == fills_.end()) return std::nullopt;
    return found->second.what;
  }
  std::size_t size() const {
    std::lock_guard guard{mutex_};
    return fills_.size();
  }

 private:
  struct noted {
    fill what;
    std::uint64_t number = 0;  // of the fill
  };
  struct place {
    std::uint64_t hash = 0;
    std::uint64_t number = 0;
  };

  // Of a key that was filled again since, or is gone already, the place alone.
  void forget_oldest() {
    const auto found = fills_.find(order_.front().hash);
    if (found != fills_.end() && found->second.number == order_.front().number) fills_.erase(found);
    order_.pop_front();
  }

  const std::size_t max_entries_;
  mutable std::mutex mutex_;
  absl::flat_hash_map<std::uint64_t, noted> fills_;  // by hash of the key
  std::deque<place> order_;                          // oldest first; INVARIANT: holds each of fills_
  std::uint64_t latest_ = 0;
};

}  // namespace stoker
