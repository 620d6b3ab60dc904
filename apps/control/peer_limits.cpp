#include "apps/control/peer_limits.hpp"

#include <algorithm>

namespace stoker::control {

peer_limits::peer_limits(double per_second, double burst, std::size_t most_peers, time_point now)
    : limit_{per_second, std::chrono::seconds{1}, std::max(1.0, burst > 0 ? burst : per_second)},
      most_peers_(most_peers),
      others_(limit_, now) {}

token_bucket& peer_limits::bucket_of(const std::string& peer, time_point now) {
  if (auto found = peers_.find(peer); found != peers_.end()) return found->second;
  // A full bucket is as good as none: its peer has not asked for long.
  if (peers_.size() >= most_peers_)
    for (auto each = peers_.begin(); each != peers_.end();)
      each = each->second.level(now) >= limit_.burst ? peers_.erase(each) : std::next(each);
  if (peers_.size() >= most_peers_) return others_;
  return peers_.try_emplace(peer, limit_, now).first->second;
}

bool peer_limits::take(const std::string& peer, time_point now, duration& wait) {
  if (limit_.tokens <= 0) return true;
  std::lock_guard guard{mutex_};
  auto& bucket = bucket_of(peer, now);
  if (bucket.take(now)) return true;
  wait = bucket.next(now) - now;
  return false;
}

}  // namespace stoker::control
