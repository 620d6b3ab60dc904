// What the nodes of a Redis Cluster say of where keys are: redirections, and the map of slots.
//
// Pure. Servers are named "host:port". A host that is left out, or unknown to the node ("?"), is that of the
// node that answered.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/caches/redis/redis_wire.hpp"
#include "storage/caches/redis/slot_map.hpp"

namespace stoker {

struct redirection {
  bool once = false;  // ASK: this command alone, with ASKING before it; else MOVED: from now on
  std::uint16_t slot = 0;
  std::string to;
};

// Empty: the reply is none, or one that can't be read.
std::optional<redirection> redirection_of(const redisReply& reply, std::string_view answering_host);

// The answer to CLUSTER SLOTS. Empty: it is none; ranges that can't be read are left out.
std::optional<std::vector<slot_range>> slots_of(const redisReply& reply, std::string_view answering_host);

// "host:port" taken apart; empty: it is none. An IPv6 host may stand in brackets.
std::optional<endpoint> endpoint_named(std::string_view name);

}  // namespace stoker
