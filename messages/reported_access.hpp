// An access as somebody else reports it: a feed, a log, a client in another process.
//
// Views: used during the call only, they belong to whoever reports.
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/access.hpp"

namespace stoker {

struct reported_access {
  std::string_view key;
  access_outcome outcome = access_outcome::hit;
  std::uint32_t bytes = 0;    // of the value, 0: unknown
  std::uint32_t cost_us = 0;  // measured load time of a miss, 0: unknown
  std::uint64_t stream = 0;  // whose sequence it belongs to; 0: the subject's, else the thread's that reports
  std::string_view subject{};
  std::string_view kind{};
};

}  // namespace stoker
