// Readiness: whether traffic may come, cache by cache, or has waited long enough.
//
// A cache is ready when its hit ratio is that of its steady state, measured over windows of requests (design:
// warm). Where no traffic comes before it is ready, nothing can be measured: then it is ready, too, when a
// run has filled it; and when it has no steady state that it could be compared with. Past the deadline
// nothing is waited for, and the answer says so. Once ready, a cache stays ready: what happens to it later is
// for metrics and alerts, not for taking a process out of service. Time comes in as an argument. Threads:
// any.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "apps/control/json.hpp"
#include "messages/status.hpp"

namespace stoker::control {

enum class cache_readiness_state { warm, primed, unknown, cold, past_deadline };

struct cache_readiness {
  std::string cache{};
  bool ready = false;
  cache_readiness_state state = cache_readiness_state::cold;
  std::string because{};
  double recent_hit_ratio = -1;  // negative: not known
  double steady_hit_ratio = -1;
};

struct readiness {
  bool ready = false;
  time_point at{};
  time_point deadline{};  // the epoch: none
  bool past_deadline = false;
  std::string because{};
  std::vector<cache_readiness> caches{};
};

class readiness_gate {
 public:
  // `patience` 0: no deadline.
  readiness_gate(time_point started, duration patience);

  readiness look(const engine_status& status, time_point now);

 private:
  cache_readiness look(const cache_status& cache, const engine_status& status) const;

  const time_point deadline_;
  mutable std::mutex mutex_;
  std::set<std::string> opened_;  // caches that were ready once
};

json to_json(const cache_readiness& x);
json to_json(const readiness& x);

}  // namespace stoker::control
