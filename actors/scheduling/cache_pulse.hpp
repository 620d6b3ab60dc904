// A cache as the scheduler sees it: a few counters, read every now and then, and what they tell.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/scheduling.hpp"

namespace stoker {

struct cache_pulse {
  std::string cache{};
  std::uint64_t accesses = 0;  // of users, ever
  std::uint64_t entries = 0;
  std::uint64_t instance = 0;    // changes when the back end is restarted; 0: it can't tell
  double recent_hit_ratio = -1;  // negative: not known yet
  double miss_cost_us = 0;       // mean; 0: not known
};

// Notices caches that lost nearly all they held, or whose back end is another than before.
class emptied_watch {
 public:
  // The caches of which that is so since the last look.
  std::vector<std::string> look(const std::vector<cache_pulse>& pulses);

 private:
  struct memory {
    double entries = 0;  // as many as there were lately; fades, so that entries may expire one by one
    std::uint64_t instance = 0;
  };

  bool emptied(memory& before, const cache_pulse& now) const;

  std::map<std::string, memory> caches_;
};

// The cache that a schedule with such a target is for now; empty: none is known well enough.
std::string choose_cache(schedule_target target, const std::vector<cache_pulse>& pulses);

}  // namespace stoker
