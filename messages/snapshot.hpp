// The hot set of a cache, as a snapshot keeps it: which keys were worth having, and what is known of them; no
// values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

struct hot_key {
  std::string key{};
  double rate_per_hour = 0;  // of use, decayed to when the snapshot was taken
  std::uint64_t count = 0;   // user accesses ever
  time_point last_access{};
  duration ttl{};             // that its entry had; 0: none, or not known
  std::uint32_t cost_us = 0;  // of a load; 0: not known
  std::uint32_t bytes = 0;    // of the value; 0: not known
  std::vector<std::string> tags{};
};

struct hot_set {
  std::string cache{};  // it was taken of; it may be restored to another
  time_point taken_at{};
  std::vector<hot_key> keys{};  // hottest first, each once
};

// Keys that a snapshot takes when nobody says how many.
inline constexpr std::uint32_t usual_snapshot_keys = 100'000;

// What is known of a cache's snapshots.
struct snapshot_status {
  std::string cache{};
  std::string path{};     // of the latest that was saved or loaded
  time_point saved_at{};  // the epoch: not since the engine was started
  std::uint64_t saved_keys = 0;
  std::uint64_t saved_bytes = 0;  // of the file
  time_point loaded_at{};
  std::uint64_t loaded_keys = 0;  // that the strategy "snapshot" proposes; 0: what the history holds
  time_point taken_at{};          // when what is loaded was saved
  std::uint64_t failures = 0;     // of saving and loading
  std::string last_error{};
};

template <class Inspector>
auto inspect(Inspector& f, snapshot_status& x) {
  return f(x.cache, x.path, x.saved_at, x.saved_keys, x.saved_bytes, x.loaded_at, x.loaded_keys, x.taken_at,
           x.failures, x.last_error);
}

}  // namespace stoker
