#include "actors/engine/hit_windows.hpp"

#include <algorithm>

namespace stoker {

std::uint64_t window_requests(std::uint64_t capacity_entries) {
  return std::max<std::uint64_t>(1000, capacity_entries / 10);
}

bool hit_windows::sample(std::uint64_t hits, std::uint64_t misses) {
  const auto new_hits = hits - hits_;
  const auto new_requests = new_hits + (misses - misses_);
  if (new_requests < requests_) return false;
  last_ = static_cast<double>(new_hits) / static_cast<double>(new_requests);
  hits_ = hits;
  misses_ = misses;
  return true;
}

}  // namespace stoker
