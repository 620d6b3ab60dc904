// Urgent runs: a few keys that must be warm now are warmed beside the cache's run that may be under way.
//
// A cache's warmer carries out one run at a time, which may take minutes; a user who signs in can't wait for
// it. Such a request (warm_request::beside) gets a warmer of its own, which ends with its run. It takes its
// lease from the same arbiter and its loads go through the same origin, so that every limit holds. It has no
// historian: what the cache's own warmer keeps on disk of its run is not this run's to replace.
//
// Ownership: part of the engine's actor. Bounds: max_at_once runs; more are answered with errc::busy. Every
// run is answered: by its report, when its warmer dies, at its timeout, or when the engine stops.
#pragma once

#include <map>
#include <set>

#include "actors/warming/warmer_actor.hpp"
#include "messages/actors.hpp"

namespace stoker {

class urgent_runs {
 public:
  static constexpr std::size_t max_at_once = 16;  // each loads up to 10 keys at once from one origin

  // `listener` may be null. `timeout` bounds the run as a whole.
  caf::result<warm_report> start(engine_actor::pointer self, warmer_config config,
                                 const warm_request& request, const caf::strong_actor_ptr& listener,
                                 duration timeout);
  // Ends those under way.
  void stop();
  // An actor that the engine watches died: maybe one of these warmers.
  void died(const caf::actor_addr& who);
  // No warmer is left, not even one that is ending.
  bool all_ended() const noexcept { return watched_.empty(); }

 private:
  struct run {
    warmer_actor warmer;
    caf::typed_response_promise<warm_report> answer;
  };

  template <class Outcome>
  void settle(std::uint64_t number, Outcome outcome);

  std::map<std::uint64_t, run> runs_;  // not answered yet
  std::set<caf::actor_addr> watched_;  // warmers that live
  std::uint64_t next_ = 1;
};

}  // namespace stoker
