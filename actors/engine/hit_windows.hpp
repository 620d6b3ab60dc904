// Hit ratio of a cache over windows of requests, from counters that only rise.
//
// A window closes when at least its number of requests has passed since the last one closed (design: warm).
// Pure.
#pragma once

#include <cstdint>
#include <optional>

namespace stoker {

// Requests of a window: 1,000, or 10 % of the cache's capacity in entries, whichever is more.
std::uint64_t window_requests(std::uint64_t capacity_entries);

class hit_windows {
 public:
  explicit hit_windows(std::uint64_t requests = 1000) : requests_(requests) {}

  // Takes the counters as they stand now; true: a window closed.
  bool sample(std::uint64_t hits, std::uint64_t misses);
  // Of the last whole window; empty: none has passed yet.
  std::optional<double> last() const noexcept { return last_; }

 private:
  std::uint64_t requests_;
  std::uint64_t hits_ = 0;  // when the last window closed
  std::uint64_t misses_ = 0;
  std::optional<double> last_;
};

}  // namespace stoker
