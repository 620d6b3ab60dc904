#include "actors/prediction/believed_content.hpp"

#include <algorithm>

namespace stoker {

namespace {

// Stale places are swept when they are more than the others, and so many.
constexpr std::size_t least_sweep = 1024;

}  // namespace

believed_content::believed_content(std::uint32_t entries, duration lifetime)
    : entries_(std::clamp(entries, 1U, most_entries)), lifetime_(lifetime) {}

void believed_content::holds(std::uint32_t entries) {
  entries_ = std::clamp(entries, 1U, most_entries);
}

believed_use believed_content::demanded(std::uint64_t hash, bool hit, time_point now) {
  believed_use result;
  auto& known = known_[hash];
  const bool believed = known.use != 0;
  if (believed && hit) result.first = !known.used;
  if (believed && !hit) {
    result.had_left = true;
    result.left_unused = !known.used;
  }
  known.used = true;
  if (!believed || !hit) fill(hash, known, now);
  touch(hash, known);
  return result;
}

void believed_content::arrived(std::uint64_t hash, time_point now) {
  auto& known = known_[hash];
  known.used = false;
  fill(hash, known, now);
  touch(hash, known);
}

void believed_content::cleared() {
  known_.clear();
  order_.clear();
  fillings_.clear();
  left_.clear();
}

const std::vector<believed_departure>& believed_content::take_departures(time_point now) {
  drop_expired(now);
  drop_least_recent();
  compact();
  told_.clear();
  std::swap(told_, left_);
  return told_;
}

void believed_content::touch(std::uint64_t hash, entry& known) {
  known.use = ++latest_;
  order_.push_back({hash, known.use});
}

void believed_content::fill(std::uint64_t hash, entry& known, time_point now) {
  known.filled_at = now;
  if (lifetime_ > duration::zero()) fillings_.push_back({hash, now});
}

void believed_content::leave(std::uint64_t hash) {
  const auto found = known_.find(hash);
  left_.push_back({hash, found->second.used});
  known_.erase(found);
}

void believed_content::drop_expired(time_point now) {
  while (!fillings_.empty() && now - fillings_.front().at >= lifetime_) {
    const auto [hash, at] = fillings_.front();
    fillings_.pop_front();
    const auto found = known_.find(hash);
    if (found != known_.end() && found->second.filled_at == at) leave(hash);
  }
}

void believed_content::drop_least_recent() {
  while (known_.size() > entries_) {
    const auto [hash, use] = order_.front();
    order_.pop_front();
    const auto found = known_.find(hash);
    if (found != known_.end() && found->second.use == use) leave(hash);
  }
}

void believed_content::compact() {
  if (order_.size() < least_sweep || order_.size() < 2 * known_.size()) return;
  std::erase_if(order_, [this](const place& one) {
    const auto found = known_.find(one.hash);
    return found == known_.end() || found->second.use != one.use;
  });
}

}  // namespace stoker
