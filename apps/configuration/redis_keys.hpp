// The keys of a cache in Redis that say which servers it is made of: a cluster, or replicas for reading.
#pragma once

#include "apps/configuration/section.hpp"
#include "storage/caches/redis/redis_cache.hpp"

namespace stoker::configuration {

// cluster, nodes, replicas, read_from. `into` says already where the first server stands; the others are
// reached as it is (TLS, user). Throws stoker::error for what can't go together.
void read_redis_servers(section& from, redis_config& into);

}  // namespace stoker::configuration
