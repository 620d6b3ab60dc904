// Where a test's feeds record: keeps what it is given, in order. Threads: any.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "apps/feeds/feed.hpp"

namespace stoker::test {

struct recorded_access {
  std::string key;
  std::string subject;
  access_outcome outcome{};
  std::uint32_t bytes = 0;
  std::uint32_t cost_us = 0;
  std::uint64_t stream = 0;
};

class recorded_accesses {
 public:
  // `room`: how many are taken in all.
  explicit recorded_accesses(std::size_t room = SIZE_MAX) : room_(room) {}

  feeds::access_sink sink() {
    return [this](std::span<const reported_access> accesses) {
      std::lock_guard guard{mutex_};
      std::size_t taken = 0;
      for (; taken < accesses.size() && kept_.size() < room_; ++taken) {
        const auto& one = accesses[taken];
        kept_.push_back({std::string{one.key}, std::string{one.subject}, one.outcome, one.bytes, one.cost_us,
                         one.stream});
      }
      return taken;
    };
  }
  std::size_t size() const {
    std::lock_guard guard{mutex_};
    return kept_.size();
  }
  std::vector<recorded_access> all() const {
    std::lock_guard guard{mutex_};
    return kept_;
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> result;
    for (const auto& one : all()) result.push_back(one.key);
    return result;
  }

 private:
  const std::size_t room_;
  mutable std::mutex mutex_;
  std::vector<recorded_access> kept_;
};

// The counts add up.
inline bool reconciles(const feeds::feed_counters& counts) {
  return counts.received == counts.recorded + counts.malformed + counts.left_out + counts.dropped;
}

}  // namespace stoker::test
