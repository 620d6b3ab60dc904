// Host call: stands for one call of a host's function, so that an actor can wait for it as for any answer,
// with a timeout.
//
// The function runs where `run` puts it, which must not be a thread of the actor system: it may block for as
// long as it likes. An actor that spawns this one linked takes it along when it dies; the function's thread
// then ends unheard.
#pragma once

#include <functional>

#include "messages/actors.hpp"

namespace stoker {

// Runs a task on a thread of its own, now or as soon as one is free; false: there is no room, the task is
// dropped.
using task_runner = std::function<bool(std::function<void()>)>;

class host_call_state {
 public:
  host_call_state() {}
  static inline const char* name = "host call";

  caf::typed_response_promise<flushed> answer;
};

// `call` must not throw. What it computes it leaves where the caller, who is answered afterwards, can read
// it.
host_call_actor::behavior_type host_call(host_call_actor::stateful_pointer<host_call_state> self,
                                         task_runner run, std::function<void()> call);

}  // namespace stoker
