#include "actors/prediction/popular_predictor.hpp"

#include <algorithm>

namespace stoker::learning {

namespace {

constexpr std::uint16_t popular_from = 4;       // demands
constexpr std::uint16_t most_demands = 60'000;  // then all counts are halved
constexpr int looks_per_miss = 8;
constexpr std::size_t least_ring = 16;

}  // namespace

popular_predictor::popular_predictor(const predictor_config& config, bool proposing)
    : config_(config), proposing_(proposing), names_(config.max_keys) {}

key_id popular_predictor::intern(std::string_view key, std::uint64_t hash) {
  if (const auto known = names_.find(key, hash)) return *known;
  if (!names_.full()) {
    popularity_.emplace_back();
    return names_.add(key, hash);
  }
  const auto id = renamed_next_++ % names_.size();
  names_.rename(id, key, hash);
  popularity_[id] = {};
  return id;
}

std::span<const proposal> popular_predictor::demanded(const demand& access) {
  ++counts_.accesses;
  proposals_.clear();
  if (!proposing_) return {};
  count(access.key);
  popularity_[access.key].resident = true;
  if (access.outcome == access_outcome::first_use) ++counts_.used;
  if (access.outcome == access_outcome::miss) propose_one();
  return proposals_;
}

void popular_predictor::count(key_id key) {
  if (key >= popularity_.size()) popularity_.resize(key + 1);
  if (++popularity_[key].demands == most_demands)
    for (auto& p : popularity_) p.demands /= 2;
  if (popularity_[key].demands < popular_from) return;
  const auto ring = std::max<std::size_t>(least_ring, config_.cache_entries);
  if (popular_.size() < ring)
    popular_.push_back(key);
  else
    popular_[popular_next_++ % ring] = key;
}

void popular_predictor::propose_one() {
  key_id best = no_key;
  for (int i = 0; i < looks_per_miss && !popular_.empty(); ++i) {
    const auto key = popular_[looked_at_++ % popular_.size()];
    const auto& p = popularity_[key];
    if (!p.resident && (best == no_key || p.demands > popularity_[best].demands)) best = key;
  }
  if (best == no_key) return;
  ++counts_.proposed;
  proposals_.push_back({best, 0.5F, candidate_source::external, no_key, popularity_[best].demands});
}

void popular_predictor::issued(key_id key) {
  ++counts_.issued;
  popularity_[key].resident = true;
}

void popular_predictor::refused(key_id key, bool resident) {
  popularity_[key].resident = resident;
}

void popular_predictor::departed(key_id key, bool used) {
  if (key >= popularity_.size()) return;
  popularity_[key].resident = false;
  if (!used) ++counts_.wasted;
}

void popular_predictor::cleared() {
  for (auto& p : popularity_) p.resident = false;
}

std::vector<key_id> popular_predictor::worth_restoring(std::size_t limit) const {
  std::vector<key_id> keys;
  for (key_id key = 0; key < popularity_.size(); ++key)
    if (popularity_[key].demands > 0) keys.push_back(key);
  std::stable_sort(keys.begin(), keys.end(),
                   [this](key_id a, key_id b) { return popularity_[a].demands > popularity_[b].demands; });
  keys.resize(std::min(limit, keys.size()));
  return keys;
}

predictor_report popular_predictor::report() const {
  auto result = counts_;
  result.keys = names_.size();
  result.delay = config_.delay;
  result.memory_bytes = memory_bytes();
  result.silent = !proposing_;
  if (!proposing_) result.silent_because = "prediction is off";
  return result;
}

std::size_t popular_predictor::memory_bytes() const {
  return sizeof(*this) + popularity_.capacity() * sizeof(popularity) + popular_.capacity() * sizeof(key_id);
}

}  // namespace stoker::learning
