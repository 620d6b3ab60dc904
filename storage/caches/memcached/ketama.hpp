// Which server of a memcached fleet holds a key: the continuum that libmemcached's clients use when they are
// set to be compatible with others (MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED): consistent hashing by MD5.
//
// Each server has 160 points for its share of the weight, four from each digest of "host:port-N" ("host-N" at
// the default port, 11211); a key belongs to the first point at or after its own hash. (libmemcached 1.1,
// update_continuum and dispatch_host; the idea is Richard Jones', last.fm 2007.) Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stoker {

struct ketama_server {
  std::string host;  // as clients name it: "10.0.0.1" and its name are different places on the continuum
  std::uint16_t port = 11211;
  std::uint32_t weight = 1;
};

class ketama {
 public:
  // REQUIRES: at least one server, and every weight at least 1.
  explicit ketama(const std::vector<ketama_server>& servers);

  // The index of the server.
  std::size_t server_of(std::string_view key) const;

 private:
  struct point {
    std::uint32_t value;
    std::uint32_t server;
  };
  std::vector<point> points_;  // ascending
};

}  // namespace stoker
