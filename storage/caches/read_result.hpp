// What a user's read through a cache came to.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "messages/access.hpp"
#include "storage/value.hpp"

namespace stoker {

enum class read_status : std::uint8_t {
  found,
  absent,     // the origin has no such key
  failed,     // the load failed or was throttled; may work when tried again
  refused,    // will not work however often it is tried
  timed_out,  // the load took longer than the deadline; it may still complete
};

struct read_result {
  read_status status = read_status::failed;
  access_outcome outcome = access_outcome::miss;  // as to be recorded
  value bytes;
  std::uint32_t cost_us = 0;  // of a miss: how long this caller waited for the load
  std::string error;          // unless found: what, where, what to do

  explicit operator bool() const noexcept { return status == read_status::found; }
};

using steady_deadline = std::chrono::steady_clock::time_point;

}  // namespace stoker
