// Urgent runs: a few keys that must be warm now are warmed beside the cache's run that may be under way.
//
// A cache's warmer carries out one run at a time, which may take minutes; a user who signs in can't wait for
// it. Such a request (warm_request::beside) gets a warmer of its own, which ends with its run. It takes its
// lease from the same arbiter and its loads go through the same origin, so that every limit holds.
// Ownership: part of the engine's actor. Bounds: max_at_once runs; more are answered with errc::busy.
#pragma once

#include <map>

#include "actors/warming/warmer_actor.hpp"
#include "messages/actors.hpp"

namespace stoker {

class urgent_runs {
 public:
  static constexpr std::size_t max_at_once = 16;  // each loads up to 10 keys at once from one origin

  // `listener` may be null. `timeout` bounds the run as a whole.
  caf::result<warm_report> start(engine_actor::pointer self, const warmer_config& config,
                                 const warm_request& request, const caf::strong_actor_ptr& listener,
                                 duration timeout);
  // Ends those under way; their askers get errors.
  void stop();
  std::size_t under_way() const noexcept { return warmers_.size(); }

 private:
  void end(std::uint64_t number);

  std::map<std::uint64_t, warmer_actor> warmers_;  // of the runs under way
  std::uint64_t next_ = 1;
};

}  // namespace stoker
