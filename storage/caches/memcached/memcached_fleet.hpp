// Several memcached servers that their clients use as one cache, each key on the server that ketama names
// (ketama.hpp), as libmemcached and what is compatible with it do.
//
// Stoker must find a key where the clients look for it: list the servers with the names, ports and weights
// that they use. A server that is away fails its own keys; others do not take them over, as with clients that
// do not eject servers.
#pragma once

#include "storage/caches/memcached/memcached_cache.hpp"
#include "storage/caches/remote/split_cache.hpp"

namespace stoker {

struct memcached_fleet_config {
  struct server {
    endpoint where;
    std::uint32_t weight = 1;
    std::string name;  // as clients call its host; empty: the endpoint's host, or its socket's path
  };
  std::vector<server> servers;
  memcached_config common;  // of all; its endpoint is not used
};

class memcached_fleet final : public split_cache {
 public:
  // Throws stoker::error when there is no server, a weight is 0, or the configuration of one can't work.
  explicit memcached_fleet(const memcached_fleet_config& config);
};

}  // namespace stoker
