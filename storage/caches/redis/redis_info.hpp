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
  bool is_replica = false;
  bool follows_primary = false;          // of a replica: its link is up
  std::uint64_t replication_offset = 0;  // bytes of changes, made by a primary or carried out by a replica
};

redis_info read_info(std::string_view text, unsigned database);

// Bytes of changes that a replica may be behind where its primary was when that was last asked, which the
// engine does once a second.
inline constexpr std::uint64_t most_replica_lag = 1 << 20;

// Whether a replica may be read from.
bool keeps_up(const redis_info& replica, std::uint64_t primary_offset) noexcept;

}  // namespace stoker
