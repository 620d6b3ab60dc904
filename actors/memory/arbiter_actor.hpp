// Arbiter: grants byte leases from the one shared budget, so that two warmers never take the same bytes.
#pragma once

#include <memory>

#include "actors/memory/budget.hpp"
#include "messages/directory.hpp"

namespace stoker {

struct arbiter_config {
  std::shared_ptr<directory> peers;
  clock_function now;
  memory_report memory;                                // the reading to start from
  std::uint64_t total_limit_bytes = 0;                 // of all leases together; 0: by policy alone
  duration lease_lifetime = std::chrono::minutes{60};  // as long as the longest run
};

void validate(const arbiter_config& config);

struct arbiter_state {
  explicit arbiter_state() : book(0, duration{}) {}
  static inline const char* name = "arbiter";

  lease_book book;
  clock_function now;
};

arbiter_actor::behavior_type arbiter(arbiter_actor::stateful_pointer<arbiter_state> self,
                                     arbiter_config config);

}  // namespace stoker
