// How long a prefetch takes, measured in requests: a proposal that arrives later than its demand is of no
// use.
//
// Pure: the count of requests is the clock. Bounded: what never arrives is forgotten when too much is under
// way.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>

#include "actors/prediction/key_names.hpp"

namespace stoker {

class delay_meter {
 public:
  void issued(key_id key, std::uint64_t request);
  void rejected(key_id key) { under_way_.erase(key); }
  void arrived(key_id key, std::uint64_t request);

  // The smoothed delay. Until something arrived it is not known, and taken to be short but not nothing, so
  // that what only a delay makes worth knowing is learned from the start.
  std::uint32_t requests() const noexcept;

 private:
  static constexpr std::size_t most_under_way = 65'536;
  static constexpr std::uint32_t unknown = 1;
  static constexpr double smoothing = 1.0 / 64;  // of the latest arrival

  absl::flat_hash_map<key_id, std::uint64_t> under_way_;  // when it was issued
  double mean_ = -1;                                      // negative: nothing arrived yet
};

}  // namespace stoker
