// Warming several caches in one pass: asks each cache's warmer for its plan, divides the memory budget and
// the origins' calls among them (division.hpp), and lets the warmers run their shares, wave after wave.
//
// A cache that has no plan, no warmer or a failing run costs the others nothing; the report's notes say so.
// Who asked may follow the progress of the whole: items of all caches together, and waves as phases.
//
// Ownership: part of the engine's actor, and used in its thread alone. Bounds: max_at_once passes; more are
// answered with errc::busy. Every pass is answered: each of its questions has a deadline, and stop() answers
// those that are left.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "actors/engine/engine_parts.hpp"
#include "messages/actors.hpp"

namespace stoker {

class together_runs {
 public:
  static constexpr std::size_t max_at_once = 4;  // each may keep every warmer busy

  // `listener` may be null; else it is sent a warm_progress now and then.
  caf::result<warm_set_report> start(engine_actor::pointer self, const engine_parts& parts,
                                     const warm_together_request& request,
                                     const caf::strong_actor_ptr& listener);
  // A run of one of a pass's caches went on.
  void went_on(const warm_progress& progress);
  // Answers those under way.
  void stop();

 private:
  class pass;

  std::map<std::uint64_t, std::shared_ptr<pass>> passes_;
  std::uint64_t next_ = 1;
};

}  // namespace stoker
