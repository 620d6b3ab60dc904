#include "actors/prediction/episode_log.hpp"

#include <algorithm>
#include <bit>

namespace stoker::learning {

namespace {

constexpr std::size_t first_length = 1024;
constexpr std::uint64_t window = 256;       // events that a stream may skip and still be confirmed
constexpr std::size_t most_candidates = 8;  // of one access; 4 lose 0.1 points
constexpr int most_looked_at = 256;         // events
constexpr std::uint32_t most_hits = 23;     // that a track record tells apart
constexpr std::uint32_t longest_history = 16;

// Gaps are kept exactly up to here, and in steps above.
constexpr std::uint32_t exact_gaps = 192;
constexpr std::uint32_t gap_step = 32;
constexpr std::uint32_t last_code = 255;

std::uint32_t code_of(std::uint32_t gap) {
  if (gap < exact_gaps) return gap;
  return std::min(last_code, exact_gaps + (gap - exact_gaps) / gap_step);
}

std::uint32_t gap_of(std::uint32_t code) {
  return code < exact_gaps ? code : exact_gaps + (code - exact_gaps) * gap_step;
}

// Replays vary in pace: what stood a little nearer than the delay may still come in time.
std::uint32_t least_lead(std::uint32_t delay) {
  return delay - delay / 10;
}

// The share of the latest events passed that came true, as a track record.
track_record record_of(std::uint32_t hits, std::uint32_t history, std::uint32_t lead, std::uint32_t delay) {
  const auto known = static_cast<std::uint32_t>(std::bit_width(history)) - 1;
  const auto right = static_cast<std::uint32_t>(std::popcount(history)) - 1;
  const auto pace = std::min(7U, lead * 2 / std::max(1U, delay));
  return {hits, known == 0 ? 0 : right * hits / known, history & 0xff, pace + 1, std::min(15U, right)};
}

}  // namespace

const std::vector<episode_log::candidate>& episode_log::demanded(key_id key, std::uint32_t now,
                                                                 std::uint32_t delay, std::uint32_t reach) {
  found_.clear();
  auto* s = follow(key);
  if (const auto position = s == nullptr ? last_position(key) : 0; position != 0) s = &start(position);
  if (s != nullptr) {
    s->last_used = now;
    look_ahead(*s, delay, reach);
  }
  append({key, code_of(now - last_logged_)});
  last_logged_ = now;
  return found_;
}

void episode_log::forget(key_id key) {
  if (key < last_position_.size()) last_position_[key] = 0;
  if (expected(key).key == key) expected(key).key = no_key;
}

bool episode_log::logged(std::uint64_t position) const {
  return position < end_ && end_ - position <= log_.size();
}

// The upper bits of a position in the log are those of the end, or one less.
std::uint64_t episode_log::full_position(std::uint32_t low) const {
  const auto position = (end_ & ~std::uint64_t{0xffffffff}) | low;
  return position < end_ ? position : position - (std::uint64_t{1} << 32);
}

// 0 when the key is not in the log.
std::uint64_t episode_log::last_position(key_id key) const {
  const auto low = key < last_position_.size() ? last_position_[key] : 0;
  if (low == 0) return 0;
  const auto position = full_position(low);
  return logged(position) && at(position).key == key ? position : 0;
}

// The stream that expects the key, moved up to it.
episode_log::stream* episode_log::follow(key_id key) {
  const auto known = expected(key);
  if (known.key != key) return nullptr;
  expected(key).key = no_key;
  auto& s = streams_[known.stream];
  const auto position = full_position(known.position);
  const bool in_view = position > s.matched && position <= s.ahead && position - s.matched <= window;
  if (!in_view || !logged(position) || at(position).key != key) return nullptr;
  confirm(s, position);
  return &s;
}

void episode_log::confirm(stream& s, std::uint64_t position) {
  const auto passed = std::min<std::uint64_t>(position - s.matched, longest_history);
  const auto shifted = (std::uint64_t{s.history} << passed) | 1U;
  const bool full = (shifted >> longest_history) != 0;
  s.history = static_cast<std::uint32_t>(full ? (shifted & 0xffff) | (1U << longest_history) : shifted);
  s.hits = std::min(s.hits + 1, most_hits);
  std::uint32_t moved = 0;
  for (auto p = s.matched + 1; p <= position; ++p) moved += gap_of(at(p).gap);
  s.matched = position;
  s.lead = s.ahead > position ? s.lead - std::min(s.lead, moved) : 0;
  s.ahead = std::max(s.ahead, position);
}

episode_log::stream& episode_log::start(std::uint64_t position) {
  const auto older = [](const stream& a, const stream& b) {
    return a.active != b.active ? !a.active : a.last_used < b.last_used;
  };
  auto& s = *std::min_element(streams_.begin(), streams_.end(), older);
  s = stream{};
  s.active = true;
  s.matched = s.ahead = position;
  return s;
}

void episode_log::look_ahead(stream& s, std::uint32_t delay, std::uint32_t reach) {
  for (int i = 0; i < most_looked_at && s.ahead + 1 < end_ && found_.size() < most_candidates; ++i) {
    const auto& next = at(s.ahead + 1);
    const auto lead = s.lead + gap_of(next.gap);
    if (lead > delay + reach) return;
    ++s.ahead;
    s.lead = lead;
    expected(next.key) = {next.key, static_cast<std::uint32_t>(s.ahead),
                          static_cast<std::uint32_t>(&s - streams_.data())};
    if (lead >= least_lead(delay)) found_.push_back({next.key, record_of(s.hits, s.history, lead, delay)});
  }
}

void episode_log::append(event happened) {
  last_position_.grow_to(happened.key + std::size_t{1});
  if (log_.size() < std::min(longest, std::max(first_length, last_position_.size()))) grow();
  log_[end_ & (log_.size() - 1)] = happened;
  last_position_[happened.key] = static_cast<std::uint32_t>(end_++);
}

void episode_log::grow() {
  const auto wanted = std::max(first_length, log_.size() * 2);
  std::vector<event> larger(wanted);
  for (auto i = end_ > log_.size() ? end_ - log_.size() : 0; i < end_ && !log_.empty(); ++i)
    larger[i & (wanted - 1)] = at(i);
  log_ = std::move(larger);
}

std::vector<std::uint32_t> episode_log::save() const {
  std::vector<std::uint32_t> events;
  for (auto i = std::max<std::uint64_t>(1, end_ > log_.size() ? end_ - log_.size() : 0); i < end_; ++i)
    events.push_back(at(i).key | std::uint32_t{at(i).gap} << 24);
  return events;
}

void episode_log::restore(const std::vector<std::uint32_t>& events, std::uint32_t now) {
  for (const auto e : events) {
    const event happened{e & 0xffffff, e >> 24};
    append(happened);
  }
  last_logged_ = now;
}

std::size_t episode_log::memory_bytes() const noexcept {
  return log_.capacity() * sizeof(event) + last_position_.memory_bytes() +
         found_.capacity() * sizeof(candidate) + expected_.capacity() * sizeof(expectation);
}

}  // namespace stoker::learning
