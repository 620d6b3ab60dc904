// The keys that everything which talks to Redis or memcached has in common: caches, peers and feeds.
//
// Errors: stoker::error, as section's; TLS files that can't be used among them. No connection is opened.
#pragma once

#include <string>

#include "apps/configuration/section.hpp"
#include "storage/caches/memcached/memcached_cache.hpp"
#include "storage/caches/redis/redis_cache.hpp"

namespace stoker::configuration {

// Where it stands, TLS, user, key prefix, database.
redis_config read_redis_server(section& from);
// Where it stands, TLS, user, key prefix.
memcached_config read_memcached_server(section& from);

// Without secrets.
std::string shown_at(const endpoint& where, const std::string& key_prefix);

}  // namespace stoker::configuration
