// How many requests each peer may make: a token bucket of its own for each.
//
// Bounded: peers beyond the table's room share one bucket. Time comes in as an argument. Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "actors/warming/token_bucket.hpp"

namespace stoker::control {

class peer_limits {
 public:
  // `per_second` 0: no limit.
  peer_limits(double per_second, double burst, std::size_t most_peers, time_point now);

  // False: too many; `wait` says in how long the next is taken.
  bool take(const std::string& peer, time_point now, duration& wait);

 private:
  token_bucket& bucket_of(const std::string& peer, time_point now);

  const rate_limit limit_;
  const std::size_t most_peers_;
  std::mutex mutex_;
  std::map<std::string, token_bucket> peers_;
  token_bucket others_;
};

}  // namespace stoker::control
