// What Redis tells of itself: the text of INFO, read field by field.
//
// Pure. A field that is missing or no number reads as 0: servers differ, and Redis' relatives more.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stoker {

struct redis_info {
  std::string run_id;
  std::uint64_t used_memory = 0;
  std::uint64_t maxmemory = 0;
  std::string maxmemory_policy;
  std::uint64_t keyspace_hits = 0;
  std::uint64_t keyspace_misses = 0;
  std::uint64_t evicted_keys = 0;
  std::uint64_t expired_keys = 0;
  std::uint64_t flushes = 0;  // calls of FLUSHDB and FLUSHALL
  std::uint64_t entries = 0;  // of the database that was asked for
};

redis_info read_info(std::string_view text, unsigned database);

}  // namespace stoker
