// What an actor's own status tells of its mailbox: nobody else can look into it.
#pragma once

#include <cstddef>
#include <utility>

namespace caf {
class scheduled_actor;
}

namespace stoker {

// Messages that wait for `self`. To be called by `self` alone.
std::size_t waiting_messages(caf::scheduled_actor& self);

// `status`, with the number of messages that wait for `self`. To be called by `self` alone.
template <class Self, class Status>
Status with_mailbox(Self* self, Status status) {
  status.mailbox = waiting_messages(*self);
  return status;
}

}  // namespace stoker
