#include "actors/prediction/episode_log.hpp"

#include <algorithm>
#include <bit>

namespace stoker::learning {

namespace {

constexpr std::size_t first_length = 1024;
constexpr std::uint64_t window = 64;           // events that a stream may skip and still be confirmed
constexpr std::size_t most_candidates = 8;     // of one access
constexpr std::uint64_t most_looked_at = 256;  // events
constexpr std::uint32_t most_hits = 63;

// Replays vary in pace: what stood a little nearer than the delay may still come in time.
std::uint32_t least_lead(std::uint32_t delay) {
  return delay - delay / 10;
}

// The share of the latest events passed that came true, as a track record.
track_record record_of(std::uint32_t hits, std::uint32_t history, std::uint32_t lead, std::uint32_t delay) {
  const auto known = static_cast<std::uint32_t>(std::bit_width(history)) - 1;
  const auto right = static_cast<std::uint32_t>(std::popcount(history)) - 1;
  const auto pace = delay == 0 ? 0 : std::min(7U, lead * 2 / delay);
  return {std::min(hits, 23U), known == 0 ? 0 : right * std::min(hits, 23U) / known, history & 0xff, pace + 1,
          std::min(15U, right)};
}

}  // namespace

const std::vector<episode_log::candidate>& episode_log::demanded(key_id key, std::uint32_t now,
                                                                 std::uint32_t delay) {
  found_.clear();
  if (key >= last_position_.size()) last_position_.resize(key + 1 + key / 8, 0);
  const auto low = last_position_[key];
  // The position's upper bits are those of the end, or one less.
  auto position = (end_ & ~std::uint64_t{0xffffffff}) | low;
  if (position >= end_) position -= std::uint64_t{1} << 32;
  if (low != 0 && logged(position) && at(position).key == key) {
    auto* s = follow(position);
    if (s == nullptr) s = &start(position);
    s->last_used = now;
    look_ahead(*s, delay);
  }
  append(key, now);
  return found_;
}

void episode_log::forget(key_id key) {
  if (key < last_position_.size()) last_position_[key] = 0;
}

bool episode_log::logged(std::uint64_t position) const {
  return position < end_ && end_ - position <= log_.size();
}

// The stream that expects this event, moved up to it.
episode_log::stream* episode_log::follow(std::uint64_t position) {
  for (auto& s : streams_) {
    if (!s.active || position <= s.matched || position - s.matched > window) continue;
    const auto skipped = std::min<std::uint64_t>(position - s.matched - 1, 15);
    const auto shifted = (s.history << (skipped + 1)) | 1U;
    const bool full = s.history << (skipped + 1) >= (1U << 16);
    s.history = full ? ((shifted & 0xffff) | (1U << 16)) : shifted;
    s.hits = std::min(s.hits + 1, most_hits);
    s.matched = position;
    return &s;
  }
  return nullptr;
}

episode_log::stream& episode_log::start(std::uint64_t position) {
  const auto older = [](const stream& a, const stream& b) {
    return a.active != b.active ? !a.active : a.last_used < b.last_used;
  };
  auto& s = *std::min_element(streams_.begin(), streams_.end(), older);
  s = stream{};
  s.active = true;
  s.matched = s.proposed = position;
  return s;
}

void episode_log::look_ahead(stream& s, std::uint32_t delay) {
  const auto origin = at(s.matched).at;
  auto position = std::max(s.proposed, s.matched) + 1;
  const auto last = std::min(end_, s.matched + most_looked_at);
  for (; position < last && found_.size() < most_candidates; ++position) {
    const auto lead = at(position).at - origin;
    if (lead < least_lead(delay)) continue;
    if (lead > 3 * delay + window) break;
    found_.push_back({at(position).key, record_of(s.hits, s.history, lead, delay)});
    s.proposed = position;
  }
}

void episode_log::append(key_id key, std::uint32_t now) {
  const auto wanted = std::min(longest, std::bit_ceil(std::max(first_length, last_position_.size() * 2)));
  if (log_.size() < wanted) {
    std::vector<event> larger(wanted);
    for (auto i = end_ > log_.size() ? end_ - log_.size() : 0; i < end_ && !log_.empty(); ++i)
      larger[i & (wanted - 1)] = at(i);
    log_ = std::move(larger);
  }
  log_[end_ & (log_.size() - 1)] = {key, now};
  last_position_[key] = static_cast<std::uint32_t>(end_++);
}

std::size_t episode_log::memory_bytes() const noexcept {
  return log_.capacity() * sizeof(event) + last_position_.capacity() * sizeof(std::uint32_t) +
         found_.capacity() * sizeof(candidate);
}

}  // namespace stoker::learning
