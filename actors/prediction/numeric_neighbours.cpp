#include "actors/prediction/numeric_neighbours.hpp"

#include <algorithm>

#include "actors/prediction/quantise.hpp"
#include "messages/key.hpp"

namespace stoker::learning {

namespace {

constexpr std::int64_t farthest = 1 << 20;  // larger distances are chance
constexpr float keep_seen = 0.9995F;        // per would-miss: memory of some 2,000
constexpr float least_share = 0.01F;        // of the would-misses, for a distance to be usual
constexpr std::uint32_t recent_for = 256;   // would-misses
constexpr int longest_run = 3;
constexpr std::size_t most_candidates = 6;  // of one access
constexpr float full_memory = 1 / (1 - keep_seen);

}  // namespace

const std::vector<numeric_neighbours::candidate>& numeric_neighbours::demanded(const numbered_key& key,
                                                                               bool would_miss) {
  found_.clear();
  const auto prefix = hash_key(key.prefix);
  if (would_miss) learn(prefix, key.number);
  if (!silent()) propose(prefix, key.number);
  return found_;
}

// Each distance to a number shortly before counts once.
void numeric_neighbours::learn(std::uint64_t prefix, std::int64_t number) {
  most_seen_ *= keep_seen;
  for (auto& d : distances_) d.seen *= keep_seen;
  for (const auto& b : before_)
    if (b.used && b.prefix == prefix && b.number != number && std::abs(number - b.number) <= farthest)
      count(number - b.number);
  const remembered_number now{prefix, number, ++would_misses_, true};
  before_[would_misses_ % shortly_before] = now;
  recent_[place(prefix, number)] = now;
}

void numeric_neighbours::count(std::int64_t distance) {
  auto least = distances_.begin();
  for (auto d = distances_.begin(); d != distances_.end(); ++d) {
    if (d->distance == distance) return note(*d);
    if (d->seen < least->seen) least = d;
  }
  least->distance = distance;
  note(*least);
}

void numeric_neighbours::note(usual_distance& d) {
  d.seen += 1;
  most_seen_ = std::max(most_seen_, d.seen);
}

std::size_t numeric_neighbours::place(std::uint64_t prefix, std::int64_t number) {
  return static_cast<std::size_t>(((static_cast<std::uint64_t>(number) ^ prefix) * 0x9e3779b97f4a7c15U) >>
                                  40) %
         remembered;
}

bool numeric_neighbours::recent(std::uint64_t prefix, std::int64_t number) const {
  const auto& r = recent_[place(prefix, number)];
  return r.used && r.number == number && r.prefix == prefix && would_misses_ - r.at <= recent_for;
}

// Would-misses that are remembered.
float numeric_neighbours::memory() const noexcept {
  return std::min(static_cast<float>(would_misses_), full_memory);
}

bool numeric_neighbours::silent() const noexcept {
  return most_seen_ < least_share * memory();
}

void numeric_neighbours::propose(std::uint64_t prefix, std::int64_t number) {
  for (const auto& d : distances_) {
    const float share = memory() == 0 ? 0 : d.seen / memory();
    if (share < least_share || number + d.distance < 0) continue;
    int run = 0;
    while (run < longest_run && recent(prefix, number - (run + 1) * d.distance)) ++run;
    const auto usual = bucket(share * 32, 15);
    const auto width = std::min(7U, octave(static_cast<std::uint32_t>(std::abs(d.distance))));
    const auto history = static_cast<std::uint32_t>(run) | width << 2 | (d.distance < 0 ? 32U : 0U);
    found_.push_back({number + d.distance, {6U + static_cast<std::uint32_t>(run), usual, history, 0, 0}});
  }
  if (found_.size() <= most_candidates) return;
  std::stable_sort(found_.begin(), found_.end(), [](const candidate& a, const candidate& b) {
    return a.record.occurrences + a.record.count > b.record.occurrences + b.record.count;
  });
  found_.resize(most_candidates);
}

std::size_t numeric_neighbours::memory_bytes() const noexcept {
  return recent_.capacity() * sizeof(remembered_number) + found_.capacity() * sizeof(candidate);
}

}  // namespace stoker::learning
