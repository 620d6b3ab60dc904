// What an actor's own status tells of its mailbox: nobody else can look into it.
#pragma once

#include <utility>

namespace stoker {

// `status`, with the number of messages that wait for `self`. To be called by `self` alone.
template <class Self, class Status>
Status with_mailbox(Self* self, Status status) {
  status.mailbox = self->mailbox().size();
  return status;
}

}  // namespace stoker
