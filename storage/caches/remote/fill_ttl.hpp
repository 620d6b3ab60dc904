// How long a fill may live: its TTL, shortened by a lot that the key draws, so that what was filled together
// does not expire together; and no longer than the fence TTL where others' deletes can't be fenced.
//
// Pure. A fill that a delete overtook unseen is stale; within the fence TTL it is gone.
#pragma once

#include <algorithm>
#include <string_view>

#include "messages/key.hpp"
#include "messages/time.hpp"
#include "storage/caches/cache.hpp"

namespace stoker {

struct fill_ttl_policy {
  double jitter = 0.1;              // of the TTL, at most; 0: none
  fence live_delete = fence::none;  // of the back end
  // Others delete keys at the server, beside Stoker. When nobody does, nothing has to be fenced.
  bool direct_deletes = true;
  duration fence_ttl = std::chrono::seconds{60};
};

// 0: no expiry.
inline duration fill_ttl(duration ttl, std::string_view key, const fill_ttl_policy& policy) {
  constexpr double span = 18446744073709551616.0;  // 2^64
  const auto lot = static_cast<double>(hash_key(key)) / span;
  const std::chrono::duration<double, std::nano> whole = ttl;
  auto result = std::chrono::duration_cast<duration>(whole * (1 - policy.jitter * lot));
  const bool unfenced = policy.direct_deletes && policy.live_delete == fence::none;
  if (unfenced) result = result == duration::zero() ? policy.fence_ttl : std::min(result, policy.fence_ttl);
  return result;
}

}  // namespace stoker
