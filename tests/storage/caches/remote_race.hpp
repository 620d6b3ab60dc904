// Live traffic against the warmer, at one back end: setters and deleters that go directly to the server,
// Stoker's own invalidations and sets, and fills and refreshes in batches, all at once over the same keys.
//
// The origin holds a version number a key. A change raises it there first and then changes the cache, as an
// application does; a load takes some time between the reading of the version and the fill. A value in the
// cache that is older than the origin's is stale, unless its change is under way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "storage/caches/remote_cache.hpp"

namespace stoker::remote_race {

struct settings {
  std::uint64_t operations = 100'000;                      // of all threads together, at least
  std::function<std::unique_ptr<remote_cache>()> connect;  // a further user of the same server
  bool direct_deletes = false;                             // by others; else deletes go through Stoker alone
  duration ttl = std::chrono::hours{1};  // of every entry, but those that the fence TTL cuts
  duration fence_ttl = std::chrono::seconds{2};
};

struct result {
  std::uint64_t operations = 0;
  std::uint64_t fills_stored = 0;
  std::uint64_t fills_present = 0;
  std::uint64_t fills_fenced = 0;
  std::uint64_t refreshes_stored = 0;
  std::uint64_t refreshes_fenced = 0;
  std::uint64_t stale = 0;            // entries left behind that are older than the origin
  std::uint64_t stale_unbounded = 0;  // of those, entries that live on for longer than the fence TTL
  std::uint64_t without_ttl = 0;      // entries that lost theirs, or have more than was given
  std::uint64_t failures = 0;         // outcomes that no fault explains
};

result run(const settings& how);

}  // namespace stoker::remote_race
