#include "actors/warming/host_call_actor.hpp"

#include <caf/all.hpp>

namespace stoker {

host_call_actor::behavior_type host_call(host_call_actor::stateful_pointer<host_call_state> self,
                                         task_runner run, std::function<void()> call) {
  return {
      [self, run = std::move(run), call = std::move(call)](flush_request) -> caf::result<flushed> {
        self->state.answer = self->make_response_promise<flushed>();
        const auto started = run([call, handle = host_call_actor{self}] {
          call();
          caf::anon_send(handle, tick{});
        });
        if (!started) {
          self->state.answer.deliver(
              make_error(errc::busy, "too many functions of the host's are under way"));
          self->quit();
        }
        return self->state.answer;
      },
      [self](tick) {
        self->state.answer.deliver(flushed{});
        self->quit();
      },
  };
}

}  // namespace stoker
