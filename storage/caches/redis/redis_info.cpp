#include "storage/caches/redis/redis_info.hpp"

#include <charconv>

namespace stoker {

namespace {

// The text after `name` at the start of a line, up to the line's end.
std::string_view field(std::string_view text, const std::string& name) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos; at += name.size()) {
    if (at != 0 && text[at - 1] != '\n') continue;
    const auto rest = text.substr(at + name.size());
    return rest.substr(0, rest.find_first_of("\r\n"));
  }
  return {};
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t result = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), result);
  return result;
}

std::uint64_t number_of(std::string_view text, const std::string& name) {
  return number(field(text, name));
}

}  // namespace

redis_info read_info(std::string_view text, unsigned database) {
  redis_info info;
  info.run_id = field(text, "run_id:");
  info.used_memory = number_of(text, "used_memory:");
  info.maxmemory = number_of(text, "maxmemory:");
  info.maxmemory_policy = field(text, "maxmemory_policy:");
  info.keyspace_hits = number_of(text, "keyspace_hits:");
  info.keyspace_misses = number_of(text, "keyspace_misses:");
  info.evicted_keys = number_of(text, "evicted_keys:");
  info.expired_keys = number_of(text, "expired_keys:");
  info.flushes = number_of(text, "cmdstat_flushall:calls=") + number_of(text, "cmdstat_flushdb:calls=");
  info.entries = number_of(text, "db" + std::to_string(database) + ":keys=");
  info.is_replica = field(text, "role:") == "slave";
  info.follows_primary = field(text, "master_link_status:") == "up";
  info.replication_offset = number_of(text, info.is_replica ? "slave_repl_offset:" : "master_repl_offset:");
  return info;
}

bool keeps_up(const redis_info& replica, std::uint64_t primary_offset) noexcept {
  if (!replica.is_replica || !replica.follows_primary) return false;
  return replica.replication_offset >= primary_offset ||
         primary_offset - replica.replication_offset <= most_replica_lag;
}

}  // namespace stoker
