// The origin seam: where a cache's values come from when they are not in the cache.
//
// Threads: load() is called from many threads at once, user threads and the loader pool's. It may block; it
// must not run in a scheduled actor. Errors: returned by outcome, or thrown as any std::exception, which
// counts as `failed`.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/value.hpp"

namespace stoker {

enum class load_outcome : std::uint8_t {
  loaded,
  absent,     // the origin has no such key: not an error, and remembered for a moment at most
  failed,     // worth a retry
  throttled,  // the origin asked to slow down; see retry_after
  refused,    // will not work however often it is tried
};

struct load_result {
  load_outcome outcome = load_outcome::failed;
  value bytes;
  std::chrono::nanoseconds ttl{0};  // 0: the cache's own default
  std::chrono::nanoseconds retry_after{0};
  std::string error;  // what, where, and what to do; empty when loaded
};

// The usual answers of a load function: here it is, and there is no such key.
inline load_result loaded(std::string_view bytes) {
  load_result result;
  result.outcome = load_outcome::loaded;
  result.bytes = value{bytes};
  return result;
}

inline load_result absent() {
  load_result result;
  result.outcome = load_outcome::absent;
  return result;
}

class origin {
 public:
  virtual ~origin() = default;
  // Loads one key; gives up at the deadline if it can.
  virtual load_result load(std::string_view key, std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace stoker
