#include "actors/tracking/key_ranking.hpp"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "actors/tracking/next_access.hpp"
#include "actors/tracking/ranking.hpp"
#include "messages/glob.hpp"

namespace stoker {

namespace {

constexpr double unranked = -std::numeric_limits<double>::infinity();
constexpr std::int64_t longest_trend_hours = hour_counts::recent_span / 2;

struct scored_slot {
  double score;
  std::uint32_t slot;
};

time_point predicted(const key_record& record) {
  return next_access(
      {record.count, to_time(record.last_access_ns), record.mean_interval_s, record.interval_variance_s2});
}

// The window of a trend in whole hours.
std::uint32_t trend_hours(const top_request& request) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>((request.window.count() + hour_ns - 1) / hour_ns, 1, longest_trend_hours));
}

double trend(const tracked_keys& keys, std::uint32_t slot, const top_request& request) {
  const auto span = trend_hours(request);
  const std::uint32_t now = hour_of(to_ns(request.now));
  // Most keys of a large table were not accessed in the window at all: their hours need not be added up.
  if (now < 2 * span || hour_of(keys.record(slot).last_access_ns) + span <= now) return unranked;
  const auto recent = static_cast<double>(keys.accesses_between(slot, now - span + 1, now));
  const auto before = static_cast<double>(keys.accesses_between(slot, now - 2 * span + 1, now - span));
  return recent > before ? (recent - before) / std::sqrt(recent + before) : unranked;
}

double dueness(const key_record& record, const top_request& request) {
  const time_point expected = predicted(record);
  if (expected == time_point{}) return unranked;
  const time_point end = request.now + request.window;
  const auto mean = std::chrono::duration<double>{record.mean_interval_s};
  if (expected > end || request.now - expected > mean) return unranked;
  return std::chrono::duration<double>{end - std::max(expected, request.now)}.count();
}

double attribute_of(const key_details* said, const std::string& name) {
  if (!said) return unranked;
  const auto found = std::find_if(said->attributes.begin(), said->attributes.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == said->attributes.end() ? unranked : found->second;
}

// Accesses in this hour of the day of the last two days; the hour that is not over yet is not counted.
std::uint64_t same_hour_accesses(const tracked_keys& keys, std::uint32_t slot, const top_request& request) {
  const std::uint32_t now = hour_of(to_ns(request.now));
  const std::uint32_t back = (now % 24 + 24 - request.hour % 24) % 24;
  const std::uint32_t last = now - (back == 0 ? 24 : back);
  if (now < 48) return 0;
  return keys.accesses_between(slot, last, last) + keys.accesses_between(slot, last - 24, last - 24);
}

std::uint64_t window_accesses(const tracked_keys& keys, std::uint32_t slot, const top_request& request) {
  if (request.by == ranking::hour_of_day) return same_hour_accesses(keys, slot, request);
  if (request.by != ranking::trending) return 0;
  const std::uint32_t now = hour_of(to_ns(request.now));
  return keys.accesses_between(slot, now - std::min(now, trend_hours(request) - 1), now);
}

double score(const tracked_keys& keys, std::uint32_t slot, const top_request& request) {
  const key_record& record = keys.record(slot);
  switch (request.by) {
    case ranking::popular:
      return keys.decay().rate_at(record, to_ns(request.now));
    case ranking::recent:
      return static_cast<double>(record.last_access_ns) / 1e9;
    case ranking::trending:
      return trend(keys, slot, request);
    case ranking::hour_of_day: {
      const std::uint32_t accesses = request.hour < 24 ? keys.hour_of_day(slot, request.hour) : 0;
      return accesses > 0 ? accesses : unranked;
    }
    case ranking::due:
      return dueness(record, request);
    case ranking::attribute:
      return attribute_of(keys.details(slot), request.attribute);
  }
  return unranked;
}

bool has_described(const key_details* said, const top_request& request) {
  if (request.tag.empty() && request.attribute.empty()) return true;
  if (!said) return false;
  const auto has_attribute = [&](const auto& each) {
    return each.first == request.attribute && each.second >= request.at_least;
  };
  return (request.tag.empty() ||
          std::find(said->tags.begin(), said->tags.end(), request.tag) != said->tags.end()) &&
         (request.attribute.empty() ||
          std::any_of(said->attributes.begin(), said->attributes.end(), has_attribute));
}

bool selected(const tracked_keys& keys, std::uint32_t slot, const top_request& request) {
  return has_described(keys.details(slot), request) &&
         (request.match.empty() || matches_any_glob(request.match, keys.name(slot)));
}

// The best slots seen so far, the worst of them on top.
class best_slots {
 public:
  best_slots(const tracked_keys& keys, std::size_t limit) : keys_(keys), limit_(limit) {}

  void offer(scored_slot candidate) {
    if (limit_ == 0) return;
    const auto before = [this](const scored_slot& left, const scored_slot& right) {
      return better(left, right);
    };
    if (heap_.size() == limit_) {
      if (!better(candidate, heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end(), before);
      heap_.pop_back();
    }
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end(), before);
  }

  std::vector<scored_slot> take() {
    std::sort(heap_.begin(), heap_.end(),
              [this](const auto& left, const auto& right) { return better(left, right); });
    return std::move(heap_);
  }

 private:
  bool better(const scored_slot& left, const scored_slot& right) const {
    return left.score != right.score ? left.score > right.score
                                     : keys_.name(left.slot) < keys_.name(right.slot);
  }

  const tracked_keys& keys_;
  std::size_t limit_;
  std::vector<scored_slot> heap_;
};

std::vector<scored_slot> best_of_all(const tracked_keys& keys, std::uint16_t cache,
                                     const top_request& request) {
  best_slots best{keys, request.limit};
  // New keys have the later slots: by recency they come first, and the rest is passed over.
  for (std::uint32_t slot = keys.end(); slot-- > 0;) {
    if (keys.record(slot).cache != cache || !selected(keys, slot, request)) continue;
    if (const double value = score(keys, slot, request); value > unranked) best.offer({value, slot});
  }
  return best.take();
}

// By recency, among the latest accesses alone; fewer than the limit: they don't tell.
std::vector<scored_slot> best_of_recent(const tracked_keys& keys, std::uint16_t cache,
                                        const top_request& request) {
  const auto& recent = keys.recent();
  best_slots best{keys, request.limit};
  absl::flat_hash_set<std::uint32_t> seen;
  std::size_t sure = 0;  // later than whatever comes in batches before
  recent.walk_back([&](std::uint32_t slot, std::int64_t before_ns) {
    const key_record& record = keys.record(slot);
    if (record.cache == cache && record.last_access_ns > recent.lost_until() && seen.insert(slot).second &&
        selected(keys, slot, request)) {
      best.offer({score(keys, slot, request), slot});
      if (record.last_access_ns > before_ns) ++sure;
    }
    return sure < request.limit;
  });
  return best.take();
}

std::vector<scored_slot> best_of(const tracked_keys& keys, std::uint16_t cache, const top_request& request) {
  if (request.by == ranking::recent && request.limit > 0 && keys.size() > recent_slots::kept) {
    auto best = best_of_recent(keys, cache, request);
    if (best.size() == request.limit) return best;
  }
  return best_of_all(keys, cache, request);
}

}  // namespace

ranked_key describe_ranked(const tracked_keys& keys, std::uint32_t slot, time_point now) {
  const key_record& record = keys.record(slot);
  ranked_key result;
  result.key = keys.name(slot);
  result.rate_per_hour = keys.decay().rate_at(record, to_ns(now));
  result.last_access = to_time(record.last_access_ns);
  result.next_access = predicted(record);
  result.bytes = record.bytes;
  result.cost_us = record.cost_us;
  result.count = record.count;
  return result;
}

ranked_keys rank_keys(const tracked_keys& keys, std::uint16_t cache, const top_request& request) {
  ranked_keys result;
  for (const auto& [value, slot] : best_of(keys, cache, request)) {
    auto& ranked = result.keys.emplace_back(describe_ranked(keys, slot, request.now));
    ranked.score = value;
    ranked.window_accesses = window_accesses(keys, slot, request);
    if (const auto* said = request.with_tags ? keys.details(slot) : nullptr) ranked.tags = said->tags;
  }
  return result;
}

}  // namespace stoker
