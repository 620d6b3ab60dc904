#include "actors/tracking/tracker_core.hpp"

#include <algorithm>
#include <cassert>

#include "actors/tracking/key_ranking.hpp"
#include "actors/tracking/next_access.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

// Of patterns: today against yesterday.
constexpr duration trend_window = std::chrono::hours{24};

}  // namespace

tracker_core::tracker_core(std::uint32_t shard, std::uint32_t shards, const tracker_limits& limits,
                           duration rate_half_life)
    : shard_(shard),
      shards_(shards),
      keys_(limits.max_keys, limits.hot_keys, rate_half_life),
      subjects_(limits.max_subjects, limits.keys_per_subject) {}

void tracker_core::apply(const access_batch& batch) {
  dropped_ += batch.dropped;
  if (batch.records.empty()) return;
  const std::uint16_t cache = number_of(batch.cache);
  select_mine(batch);
  keys_.count(cache, batch, mine_, batch.taken_at, my_slots_);
  for (std::size_t i = 0; i < mine_.size(); ++i) slots_[mine_[i]] = my_slots_[i];
  neighbours_.learn(cache, batch, slots_, batch.taken_at, keys_);
  apply_notes(cache, batch);

  accesses_ += mine_.size();
  caches_[cache].accesses += mine_.size();
  caches_[cache].hour_of_day[hour_of(to_ns(batch.taken_at)) % 24] += mine_.size();
}

void tracker_core::select_mine(const access_batch& batch) {
  mine_.clear();
  for (std::uint32_t i = 0; i < batch.records.size(); ++i)
    if (is_mine(batch.records[i].hash)) mine_.push_back(i);
  my_slots_.resize(mine_.size());
  slots_.assign(batch.records.size(), no_slot);
}

void tracker_core::apply_notes(std::uint16_t cache, const access_batch& batch) {
  for (const auto& note : batch.notes)
    if (note.record < batch.records.size()) apply_note(cache, batch, note);
}

void tracker_core::apply_note(std::uint16_t cache, const access_batch& batch, const access_note& note) {
  const access_record& record = batch.records[note.record];
  const std::string_view key = batch.key(record);
  if (!note.subject.empty() && is_mine(hash_key(note.subject)))
    subjects_.add(cache, note.subject, note.kind, key, record.hash, batch.taken_at);
  if (!is_mine(record.hash) || (note.tags.empty() && note.co_accessed.empty())) return;
  const std::uint32_t slot = keys_.add(cache, record.hash, key);
  keys_.describe(slot, note.tags, {});
  for (const auto& other : note.co_accessed)
    if (other != key) keys_.co_access_told(slot, other);
}

void tracker_core::apply(const key_description& description) {
  const std::uint64_t hash = hash_key(description.key);
  if (!is_mine(hash)) return;
  const std::uint32_t slot = keys_.add(number_of(description.cache), hash, description.key);
  keys_.describe(slot, description.tags, description.attributes);
}

void tracker_core::forget(const std::string& cache) {
  if (restoring_) forgotten_.insert(cache);
  const std::uint16_t number = find_number(cache);
  if (number == no_cache) return;
  keys_.forget(number);
  subjects_.forget(number);
  caches_[number] = {cache, 0, {}};
}

ranked_keys tracker_core::top(const top_request& request) const {
  const std::uint16_t cache = find_number(request.cache);
  return cache == no_cache ? ranked_keys{} : rank_keys(keys_, cache, request);
}

key_statistics tracker_core::key(const key_request& request) const {
  const std::uint16_t cache = find_number(request.cache);
  const std::uint32_t slot = cache == no_cache ? no_slot : keys_.find(cache, request.key);
  if (slot != no_slot) return keys_.statistics(slot);
  key_statistics unknown;
  unknown.key = request.key;
  return unknown;
}

key_frequency tracker_core::frequency(const frequency_request& request) const {
  const std::uint16_t cache = find_number(request.cache);
  const std::uint32_t slot = cache == no_cache ? no_slot : keys_.find(cache, request.key);
  if (slot == no_slot) return {};
  const std::int64_t now_ns = to_ns(request.now);
  const std::int64_t from_ns = std::max<std::int64_t>(now_ns - request.window.count(), 0);
  const std::uint64_t accesses = keys_.accesses_between(slot, hour_of(from_ns), hour_of(now_ns));
  return {accesses, next_access(keys_.statistics(slot), request.now)};
}

ranked_keys tracker_core::subject(const subject_request& request) const {
  ranked_keys result;
  const std::uint16_t cache = find_number(request.cache);
  if (cache == no_cache) return result;
  for (const auto& recent :
       subjects_.recent(cache, request.subject, request.kinds, request.without, request.limit)) {
    const std::uint32_t slot = keys_.find(cache, recent.key);
    ranked_key key = slot == no_slot ? ranked_key{} : describe_ranked(keys_, slot, recent.last_access);
    key.key = recent.key;
    key.last_access = recent.last_access;
    key.score = static_cast<double>(to_ns(recent.last_access)) / 1e9;
    result.keys.push_back(std::move(key));
  }
  return result;
}

access_patterns tracker_core::patterns(const patterns_request& request) const {
  access_patterns result;
  const std::uint16_t cache = find_number(request.cache);
  if (cache == no_cache) return result;
  result.total_accesses = caches_[cache].accesses;
  result.hour_of_day = caches_[cache].hour_of_day;
  for (std::uint32_t slot = 0; slot < keys_.end(); ++slot)
    if (keys_.record(slot).cache == cache && keys_.record(slot).count > 0) ++result.unique_keys;
  top_request top{.cache = request.cache,
                  .by = ranking::popular,
                  .limit = request.limit,
                  .now = request.now,
                  .window = trend_window};
  result.top = rank_keys(keys_, cache, top).keys;
  top.by = ranking::trending;
  result.trending = rank_keys(keys_, cache, top).keys;
  return result;
}

tracker_status tracker_core::status() const {
  tracker_status result;
  result.keys = keys_.size();
  result.accesses = accesses_;
  result.dropped_accesses = dropped_;
  result.evicted_keys = keys_.evicted();
  result.memory_bytes = memory().all;
  result.unwritten_keys = keys_.changed();
  result.restoring = restoring_;
  return result;
}

tracker_memory tracker_core::memory() const {
  return {keys_.key_memory_bytes(),
          keys_.memory_bytes() + subjects_.memory_bytes() + neighbours_.memory_bytes()};
}

void tracker_core::restore(const history_page& page) {
  if (!restoring_ || page.keys.empty() || forgotten_.contains(page.cache)) return;
  const std::uint16_t cache = number_of(page.cache);
  cache_totals& totals = caches_[cache];
  for (const auto& key : page.keys) {
    if (!is_mine(hash_key(key.key)) || !keys_.restore(cache, key)) continue;
    totals.accesses += key.count;
    for (std::size_t hour = 0; hour < 24; ++hour) totals.hour_of_day[hour] += key.hour_of_day[hour];
  }
}

void tracker_core::end_restore() {
  restoring_ = false;
  forgotten_.clear();
}

std::vector<history_write> tracker_core::take_changes(std::uint32_t& from, std::size_t limit) {
  std::vector<history_write> writes;
  for (const std::uint32_t slot : keys_.take_changed(from, limit)) {
    const auto& cache = caches_[keys_.record(slot).cache].name;
    auto found =
        std::find_if(writes.begin(), writes.end(), [&](const auto& each) { return each.cache == cache; });
    if (found == writes.end()) found = writes.insert(found, history_write{cache, 0, {}});
    found->keys.push_back(keys_.statistics(slot));
  }
  return writes;
}

std::uint16_t tracker_core::number_of(const std::string& cache) {
  if (const std::uint16_t known = find_number(cache); known != no_cache) return known;
  assert(caches_.size() < no_cache);
  const auto number = static_cast<std::uint16_t>(caches_.size());
  caches_.push_back({cache, 0, {}});
  numbers_.emplace(cache, number);
  return number;
}

std::uint16_t tracker_core::find_number(const std::string& cache) const {
  const auto found = numbers_.find(cache);
  return found == numbers_.end() ? no_cache : found->second;
}

}  // namespace stoker
