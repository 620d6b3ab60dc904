// The engine's actor: supervises all others, answers for them as a whole, and passes questions on to who
// knows.
//
// It never blocks, and never dies of a question: whatever a peer does not answer in time becomes an error or
// a gap that the answer names. On exit it ends its children first, then itself.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "actors/engine/engine_parts.hpp"
#include "actors/engine/managed_cache.hpp"
#include "actors/engine/supervisor.hpp"
#include "actors/engine/together_runs.hpp"
#include "actors/engine/urgent_runs.hpp"
#include "actors/engine/warm_watch.hpp"
#include "actors/engine/wiring.hpp"

namespace stoker {

class engine_state {
 public:
  engine_state() = default;
  static inline const char* name = "engine";

  void start(engine_actor::pointer self, engine_parts parts);
  void stop();
  void died(const caf::down_msg& message);
  void look_after(std::uint64_t generation);

  flushed add(const std::string& cache);
  flushed limit(const origin_limits_change& change);
  caf::result<ranked_keys> top(const top_request& request);
  caf::result<access_patterns> patterns(const patterns_request& request);
  caf::result<flushed> forget(const forget_request& request);
  caf::result<flushed> flush();
  caf::result<engine_status> status();
  // Beside the run that may be under way.
  caf::result<warm_report> warm_beside(const warm_request& request, const caf::strong_actor_ptr& listener);

  caf::result<warm_set_report> warm_together(const warm_together_request& request,
                                             const caf::strong_actor_ptr& listener);
  void went_on(const warm_progress& progress) { together_.went_on(progress); }

  // Who answers for a key, a cache, the schedule: null when it is down.
  tracker_actor tracker_of(const std::string& key) const;
  const directory& peers() const { return *parts_.peers; }
  const cache_table& caches() const { return *parts_.caches; }

 private:
  void quit_when_alone();
  void forward_demand();
  std::vector<tracker_actor> trackers() const;
  void flush_learners(caf::typed_response_promise<flushed> promise, bool complete);
  void restore_dependencies(const std::shared_ptr<managed_cache>& cache);
  void save_dependencies();
  void flush_store(caf::typed_response_promise<flushed> promise, bool complete);

  engine_actor::pointer self_ = nullptr;
  engine_parts parts_;
  supervisor children_;
  warm_watch warmth_;
  std::map<std::string, std::uint64_t> saved_dependencies_;  // version in the history, by cache
  std::set<std::string> origins_;                            // guarded already
  const std::shared_ptr<origin_limit_table> limits_ = std::make_shared<origin_limit_table>();
  urgent_runs urgent_;
  together_runs together_;
  bool stopping_ = false;
};

engine_actor::behavior_type engine_supervisor(engine_actor::stateful_pointer<engine_state> self,
                                              engine_parts parts);

}  // namespace stoker
