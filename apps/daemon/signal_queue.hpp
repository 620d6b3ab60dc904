// The signals that a daemon lives by, TERM, INT and HUP, as a queue instead of interruptions.
//
// Made before any thread is started: threads inherit that they don't get them. Ownership: a descriptor.
// Threads: one at a time.
#pragma once

#include <optional>

#include "messages/time.hpp"

namespace stoker::daemon {

class signal_queue {
 public:
  // Throws stoker::error(errc::unavailable) when the system has none.
  signal_queue();
  ~signal_queue();
  signal_queue(const signal_queue&) = delete;
  signal_queue& operator=(const signal_queue&) = delete;

  // The next one; empty: none came within this time.
  std::optional<int> wait(duration patience) const;

 private:
  int descriptor_;
};

}  // namespace stoker::daemon
