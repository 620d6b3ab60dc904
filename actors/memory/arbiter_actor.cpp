#include "actors/memory/arbiter_actor.hpp"

#include <caf/all.hpp>

#include "messages/mailbox.hpp"

namespace stoker {

namespace {

constexpr auto expiry_interval = std::chrono::seconds{10};  // how late an expired lease may be taken back

}  // namespace

void validate(const arbiter_config& config) {
  if (!config.now) throw error{errc::invalid_argument, "arbiter: a clock must be given"};
  if (config.lease_lifetime <= duration::zero())
    throw error{errc::invalid_argument, "arbiter: the lifetime of a lease must be positive"};
}

arbiter_actor::behavior_type arbiter(arbiter_actor::stateful_pointer<arbiter_state> self,
                                     arbiter_config config) {
  validate(config);
  self->state.book = lease_book{config.total_limit_bytes, config.lease_lifetime};
  self->state.book.pressure(config.memory);
  self->state.now = config.now;
  self->delayed_send(self, expiry_interval, tick{});
  return {
      [self](const lease_request& request) { return self->state.book.grant(request, self->state.now()); },
      [self](const lease_return& returned) {
        self->state.book.give_back(returned.id);
        self->state.book.run_over(returned.benefit);
      },
      [self](const pressure_event& event) { self->state.book.pressure(event.report); },
      [self](status_request) { return with_mailbox(self, self->state.book.status()); },
      [self](tick) {
        self->state.book.expire(self->state.now());
        self->delayed_send(self, expiry_interval, tick{});
      },
  };
}

}  // namespace stoker
