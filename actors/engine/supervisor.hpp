// The supervisor: starts actors, notices when one dies, and starts it again after a back-off.
//
// Owned by the engine's actor and used in its thread alone. What an actor forgets when it dies is not the
// supervisor's matter: a new one reads what history holds. While an actor is down its place in the directory
// is empty.
#pragma once

#include <caf/all.hpp>
#include <functional>
#include <string>
#include <vector>

#include "actors/engine/restart_backoff.hpp"
#include "messages/status.hpp"

namespace stoker {

// How to start an actor of one role.
struct child_spec {
  std::string name;                       // as status shows it
  std::function<caf::actor()> launch;     // spawns it and enters it into the directory
  std::function<void()> leave_directory;  // takes it out
};

class supervisor {
 public:
  supervisor() = default;
  void attach(caf::local_actor* self, clock_function now);

  void start(child_spec spec);
  // An actor is gone; those that are not children are ignored.
  void died(const caf::down_msg& message);
  // Starts what is due.
  void restart_due();

  // Ends every child, and restarts none from now on.
  void stop_all();
  bool all_stopped() const;

  std::vector<actor_status> status() const;

 private:
  struct child {
    child_spec spec;
    caf::actor_addr address;
    restart_backoff backoff;
    actor_status status;
  };

  void launch(child& which);
  void fail(child& which, std::string reason);

  caf::local_actor* self_ = nullptr;
  clock_function now_;
  bool stopping_ = false;
  std::vector<child> children_;
};

}  // namespace stoker
