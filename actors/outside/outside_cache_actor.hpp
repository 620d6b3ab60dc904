// Outside cache: speaks with a cache outside of the process on behalf of those who must not wait. It looks at
// it every now and then, so that everybody else knows without asking: room, content lost, what went wrong.
// And it undoes fills.
//
// It blocks, for no longer than the deadline of what it does, so the engine spawns it detached. A cache that
// does not answer is a look that failed, counted by the name of what went wrong; the next look comes all the
// same.
#pragma once

#include <memory>
#include <string>

#include "actors/outside/outside_watch.hpp"
#include "messages/actors.hpp"
#include "storage/caches/remote_filler.hpp"

namespace stoker {

struct outside_cache_config {
  std::string cache;
  std::shared_ptr<remote_filler> target;
  std::shared_ptr<outside_watch> watch;  // where it writes what it finds
  clock_function now;
  duration look_interval = std::chrono::seconds{1};  // three questions of some 0.1 ms each
  duration look_timeout = std::chrono::seconds{2};   // of all questions of a look together
  // Of an undo_request: its fills are undone in batches, some 0.1 M a second.
  duration undo_timeout = std::chrono::seconds{20};
};

// Throws stoker::error(errc::invalid_argument).
void validate(const outside_cache_config& config);

class outside_cache_state {
 public:
  outside_cache_state() {}
  static inline const char* name = "outside cache";

  void start(outside_cache_actor::pointer self, outside_cache_config config);
  void look();
  undo_result undo(const undo_request& request);
  outside_status status() const { return config_.watch->status(); }

 private:
  outside_cache_actor::pointer self_ = nullptr;
  outside_cache_config config_;
};

outside_cache_actor::behavior_type outside_cache(
    outside_cache_actor::stateful_pointer<outside_cache_state> self, outside_cache_config config);

}  // namespace stoker
