// What the restart story plays: which keys are asked for, and from when on a cache counts as warm.
//
// Threads: a workload never changes once it is made; outcomes are written by many threads, each request once.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stoker::bench {

struct restart_settings {
  std::uint32_t keys = 1'000'000;
  std::size_t rate = 2000;          // requests a second
  std::size_t origin_limit = 2000;  // calls in any second
  std::size_t learned = 4'000'000;  // accesses before the restart
  std::size_t longest_s = 20 * 60;  // that is played at most
  std::uint64_t seed = 20261127;

  std::size_t capacity() const { return keys / 10; }
  std::size_t longest() const { return longest_s * rate; }  // requests
  std::size_t window() const { return capacity() / 10 < 1000 ? 1000 : capacity() / 10; }
};

std::string name_of(std::uint32_t key);
// 100 bytes.
std::string value_of(std::string_view name);

// Keys are numbered by their rank: key 0 is the most popular one.
struct workload {
  explicit workload(const restart_settings& settings);

  restart_settings settings;
  std::vector<std::uint32_t> learned;
  std::vector<std::uint32_t> requests;  // after the restart
};

// Of each request. 1: a hit, 0: a miss, -1: not played yet.
using outcomes = std::vector<std::atomic<signed char>>;
outcomes none_yet(std::size_t requests);

// Warm: hit ratio over a window (a tenth of the entries) within a point of the twin's, three times in a row.
// Looks at what was played so far, and goes on where it stopped.
class warm_watch {
 public:
  explicit warm_watch(const restart_settings& settings);

  // The first request from which on it was warm; empty: not within what was played. REQUIRES: the same
  // outcomes each time.
  std::optional<std::size_t> look(const outcomes& played, const outcomes& twin);

 private:
  std::size_t window_;
  std::size_t step_;  // between the windows that are looked at
  std::size_t at_ = 0;
  std::optional<std::size_t> found_;
};

}  // namespace stoker::bench
