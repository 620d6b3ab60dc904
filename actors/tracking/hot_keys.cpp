#include "actors/tracking/hot_keys.hpp"

#include <algorithm>
#include <limits>

#include "messages/bring.hpp"

namespace stoker {

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

std::uint32_t to_ms(std::int64_t elapsed_ns) {
  const auto ms =
      std::clamp<std::int64_t>(elapsed_ns / ns_per_ms, 0, std::numeric_limits<std::uint32_t>::max());
  return static_cast<std::uint32_t>(ms);
}

}  // namespace

void access_times::add(std::int64_t elapsed_ns) noexcept {
  newest_ = newest_ + 1 == distances_ms_.size() ? 0 : newest_ + 1;
  distances_ms_[newest_] = to_ms(elapsed_ns);
  if (known_ < distances_ms_.size()) ++known_;
}

std::vector<time_point> access_times::times(time_point last) const {
  std::vector<time_point> result(known_ + 1, last);
  std::size_t place = newest_;
  for (std::size_t i = known_; i > 0; --i) {
    result[i - 1] = result[i] - std::chrono::milliseconds{distances_ms_[place]};
    place = place == 0 ? distances_ms_.size() - 1 : place - 1;
  }
  return result;
}

void access_times::assign(const std::vector<time_point>& oldest_first) {
  *this = {};
  for (std::size_t i = 1; i < oldest_first.size(); ++i) add((oldest_first[i] - oldest_first[i - 1]).count());
}

std::uint32_t hot_keys::add(std::uint32_t owner, const hour_counts& hours) {
  const std::uint32_t entry = entries_.allocate();
  entries_[entry].owner = owner;
  entries_[entry].hours = hours;
  return entry;
}

void hot_keys::remove(std::uint32_t entry) {
  entries_[entry].co_accessed.clear(names_);
  entries_[entry].owner = no_slot;
  entries_.release(entry);
}

void hot_keys::prefetch(std::uint32_t entry) const noexcept {
  bring(&entries_[entry].owner);
}

std::uint32_t hot_keys::sample(std::uint64_t random) const noexcept {
  if (entries_.end() == 0) return no_slot;
  const auto entry = static_cast<std::uint32_t>(random % entries_.end());
  return entries_[entry].owner == no_slot ? no_slot : entry;
}

}  // namespace stoker
