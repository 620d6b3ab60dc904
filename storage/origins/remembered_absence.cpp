#include "storage/origins/remembered_absence.hpp"

#include <algorithm>
#include <cassert>

#include "messages/key.hpp"

namespace stoker {

std::size_t remembered_absence::hash::operator()(std::string_view key) const noexcept {
  return hash_key(key);
}

remembered_absence::remembered_absence(std::shared_ptr<origin> source, absence_config config,
                                       clock_function now)
    : source_(std::move(source)), config_(config), now_(std::move(now)) {
  assert(source_ && now_ && config_.ttl > duration::zero() && config_.capacity > 0);
}

remembered_absence::shard& remembered_absence::shard_of(std::string_view key) {
  return shards_[(hash_key(key) >> 32) % shard_count];
}

bool remembered_absence::is_absent(shard& where, std::string_view key, std::uint64_t& generation) {
  std::lock_guard guard{where.mutex};
  generation = where.generation;
  const auto found = where.until.find(key);
  if (found == where.until.end()) return false;
  if (found->second > now_()) {
    ++where.answered;
    return true;
  }
  where.until.erase(found);
  return false;
}

void remembered_absence::note(shard& where, std::string_view key, std::uint64_t generation) {
  const auto capacity = std::max<std::size_t>(1, config_.capacity / shard_count);
  std::lock_guard guard{where.mutex};
  ++where.noted;
  if (where.generation != generation || key.size() > config_.max_key_bytes) return;
  where.until.insert_or_assign(std::string{key}, now_() + config_.ttl);
  where.order.emplace_back(key);
  for (; where.order.size() > capacity; where.order.pop_front()) where.until.erase(where.order.front());
}

load_result remembered_absence::load(std::string_view key, std::chrono::steady_clock::time_point deadline) {
  auto& where = shard_of(key);
  std::uint64_t generation = 0;
  if (is_absent(where, key, generation)) {
    auto result = absent();
    result.error = "the origin had no such key a moment ago";
    return result;
  }
  auto result = source_->load(key, deadline);
  if (result.outcome == load_outcome::absent) note(where, key, generation);
  return result;
}

void remembered_absence::forget(std::string_view key) {
  auto& where = shard_of(key);
  std::lock_guard guard{where.mutex};
  ++where.generation;
  if (const auto found = where.until.find(key); found != where.until.end()) where.until.erase(found);
}

void remembered_absence::forget_all() {
  for (auto& where : shards_) {
    std::lock_guard guard{where.mutex};
    ++where.generation;
    where.until.clear();
    where.order.clear();
  }
}

absence_stats remembered_absence::stats() const {
  absence_stats result;
  for (const auto& where : shards_) {
    std::lock_guard guard{where.mutex};
    result.answered += where.answered;
    result.noted += where.noted;
    result.keys += where.until.size();
  }
  return result;
}

}  // namespace stoker
