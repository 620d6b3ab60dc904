// From which probability on a candidate is worth its load, so that origin load keeps to the operating point's
// budget.
//
// Origin load is relative: (misses + prefetches) / misses of a plain LRU. A useless prefetch therefore costs
// 1 / (LRU's misses), while a useful one gains 1 / (all requests): the odds from which a prefetch pays rise
// as LRU misses less. With the root of its miss ratio, one price for all caches spends the load where it
// gains most, and does not give up caches that nearly always hit. On top of that, a cache that runs over its
// limit has its price raised, slowly: a fast controller costs half a point. A prefetch that takes long also
// holds a place that gives hits meanwhile, so it has to be likelier by what that place would give. Ownership:
// owns its shadow directory. Threads: none of its own. Time: in demands.
#pragma once

#include <cstdint>

#include "actors/prediction/key_names.hpp"
#include "actors/prediction/shadow_lru.hpp"
#include "messages/prediction.hpp"

namespace stoker::learning {

class load_controller {
 public:
  // `foreign_eviction`: a useless prefetch also pushes out something of worth, so prefetches are dearer.
  load_controller(operating_point point, std::uint32_t cache_entries, bool foreign_eviction = false);

  void set_point(operating_point point) { point_ = point; }
  // Demands until a prefetch arrives.
  void set_delay(std::uint32_t demands) { delay_ = demands; }
  void demanded(key_id key, bool missed);
  void prefetched(key_id key);

  // Candidates below it are not worth their load now.
  float threshold_logit() const noexcept { return threshold_logit_; }
  // Since the start, and of late; 0: nothing seen.
  double load() const noexcept;
  double recent_load() const noexcept;
  double baseline_miss_ratio() const noexcept;
  std::uint64_t baseline_demands() const noexcept { return demands_; }
  std::uint64_t baseline_misses() const noexcept { return baseline_misses_; }
  // What was known of the baseline before.
  void restore(std::uint64_t demands, std::uint64_t misses);
  std::size_t memory_bytes() const noexcept { return baseline_.memory_bytes(); }

 private:
  void adjust();

  operating_point point_;
  bool foreign_eviction_;
  std::uint32_t delay_ = 0;
  double entries_;
  shadow_lru baseline_;
  std::uint32_t window_;  // demands over which the recent load is smoothed
  std::uint32_t since_adjusted_ = 0;
  std::uint64_t demands_ = 0;
  std::uint64_t baseline_misses_ = 0;
  std::uint64_t calls_ = 0;  // misses and prefetches
  double recent_baseline_misses_ = 0;
  double recent_calls_ = 0;
  double surcharge_ = 1;  // at least 1: how far the price is raised
  float threshold_logit_;
};

}  // namespace stoker::learning
