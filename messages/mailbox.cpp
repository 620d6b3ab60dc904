#include "messages/mailbox.hpp"

#include <caf/scheduled_actor.hpp>

namespace stoker {

// Flat, so that none of CAF's inline functions is shared with files that are compiled in another way: see
// CMakeLists.txt.
[[gnu::flatten]] std::size_t waiting_messages(caf::scheduled_actor& self) {
  return self.mailbox().size();
}

}  // namespace stoker
