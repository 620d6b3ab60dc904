// The commands that Stoker sends to Redis for an entry, and what their replies mean. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/caches/redis/redis_wire.hpp"
#include "storage/caches/remote_cache.hpp"

namespace stoker {

// `key` is the key at the server, prefix included.
void append_put(std::string& out, std::string_view key, const remote_entry& entry);
void append_fill(std::string& out, std::string_view key, const remote_entry& entry);
// Answered by the version and the PTTL of what is there, or by nothing.
void append_begin_refresh(std::string& out, std::string_view key);
// Answered by 1, by 0 when what is there is another than the token's version, or by -1 when nothing is there.
void append_refresh(std::string& out, std::string_view key, const remote_entry& entry);
// Removes the entry unless it was used or changed since.
void append_remove_unused(std::string& out, std::string_view key, const filled_entry& filled);

// The first eight bytes of a value's SHA-1, which a script at the server can tell, too.
std::uint64_t version_of(std::string_view bytes);

// What append_remove_unused came to.
struct removal {
  bool removed = false;
  bool absent = false;      // it was gone already
  std::uint64_t looks = 0;  // keyspace lookups that it took
};
// Empty: the reply is none to that.
std::optional<removal> removal_of(const redisReply& reply);

// A prefix as a pattern of SCAN: what MATCH takes for itself stands for itself.
std::string escaped_pattern(std::string_view prefix);

// What went wrong, a reply of another kind than the command has included.
trouble trouble_unless(int kind, const redisReply& reply);
remote_look look_of(const redisReply& pttl);
remote_outcome outcome_of_set(const redisReply& reply);
remote_outcome outcome_of_refresh(const redisReply& reply);
// Keyspace lookups that the script made for a version: one more where the server tells points of expiry.
std::uint64_t lookups_for(const remote_token& token);

}  // namespace stoker
