// Run log: the reports of the latest runs, with what came of them since, and which keys each of them put into
// the cache. Pure.
//
// The hit ratio after a run is that of the first whole window of requests that follows it; the one before it
// is that of the last whole window before it.
//
// Bounds: so many reports, and so many keys over all of them: the keys of the oldest runs go first, and with
// them the possibility to roll them back; those of the latest run stay, however many they are. A key costs
// its length and about 80 bytes. Threads: one at a time.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "messages/access.hpp"
#include "messages/warming.hpp"

namespace stoker {

struct run_log_limits {
  std::size_t reports = 64;
  std::size_t keys = 500'000;
  std::uint64_t window_requests = 1000;  // of a hit ratio
};

void validate(const run_log_limits& limits);

class run_log {
 public:
  explicit run_log(const run_log_limits& limits) : limits_(limits) {}

  // A run is over, and put these keys into the cache.
  void add(const warm_report& report, std::vector<std::string> keys);
  // Something else than a run put it there.
  void put_again(const std::string& key);
  void observe(const access_batch& batch);

  // Of that number, the latest when it is 0; null when it is not known (any more).
  warm_report* find(std::uint64_t run);
  const std::deque<warm_report>& reports() const noexcept { return reports_; }  // oldest first
  // What a run put there and no later one put there again; empty for a run whose keys are not known any more.
  // They are forgotten here.
  std::optional<std::vector<std::string>> take_keys(std::uint64_t run);
  // Over the last whole window; negative: there has been none.
  double recent_hit_ratio() const noexcept { return recent_hit_ratio_; }

 private:
  struct stored {
    std::uint64_t run = 0;
    std::vector<std::string> keys;
  };
  // Requests since a moment, until they make a window.
  struct window {
    std::uint64_t run = 0;  // 0: of no run
    std::uint64_t requests = 0;
    std::uint64_t hits = 0;
  };

  void forget_oldest_keys();
  bool fill(window& open, std::uint64_t requests, std::uint64_t hits) const;

  run_log_limits limits_;
  std::deque<warm_report> reports_;
  std::deque<stored> stored_;
  std::size_t stored_keys_ = 0;  // over stored_
  absl::flat_hash_map<std::uint64_t, std::uint64_t>
      put_by_;                 // by hash of the keys in stored_: the latest run
  std::vector<window> after_;  // of runs whose window is open
  window current_;
  double recent_hit_ratio_ = -1;
};

}  // namespace stoker
