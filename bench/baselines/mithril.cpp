#include "bench/baselines/mithril.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace stoker::baselines {

mithril::mithril(std::uint64_t distinct_keys, const mithril_options& options)
    : options_(options),
      places_(distinct_keys),
      recording_(std::max<std::uint64_t>(2, options.recording_rows)),
      prefetch_index_(distinct_keys, 0) {
  assert(options.min_support >= 2);  // below that there is no recording table
}

void mithril::accessed(key_id key, bool hit) {
  if (!hit) record(key);
  ++accesses_;
}

void mithril::propose(key_id key, std::vector<key_id>& out) {
  if (const auto index = prefetch_index_[key]; index > 0) out = prefetching_[index - 1].list;
}

std::int64_t mithril::now() const {
  return accesses_ & ((std::int64_t{1} << options_.timestamp_bits) - 1);
}

void mithril::record(key_id key) {
  const auto [where, index] = places_[key];
  if (where == table::none) {
    start_row(key);
  } else if (where == table::mining) {
    note_again(index);
  } else {
    recording_[index].times.push_back(now());
    if (recording_[index].times.size() == options_.min_support) mature(index);
  }
  if (mining_.size() >= options_.mining_threshold / options_.min_support) mine();
}

void mithril::forget(row& entry) {
  if (!entry.times.empty()) places_[entry.key] = {};
  entry.times.clear();
}

// Takes the row at the cursor; the oldest one, where the cursor then stands, makes way for the next.
void mithril::start_row(key_id key) {
  auto& entry = recording_[cursor_];
  entry.key = key;
  entry.times.assign(1, now());
  places_[key] = {table::recording, cursor_};
  cursor_ = (cursor_ + 1) % static_cast<std::uint32_t>(recording_.size());
  forget(recording_[cursor_]);
}

// Moves a row to the mining table; the row that was written last fills the gap.
void mithril::mature(std::uint32_t index) {
  auto& entry = recording_[index];
  places_[entry.key] = {table::mining, static_cast<std::uint32_t>(mining_.size())};
  mining_.push_back(entry);
  entry.times.clear();
  if (cursor_ == 0) return;
  --cursor_;
  if (cursor_ == index) return;
  std::swap(entry, recording_[cursor_]);
  if (!entry.times.empty()) places_[entry.key] = {table::recording, index};
}

void mithril::note_again(std::uint32_t index) {
  auto& entry = mining_[index];
  if (entry.times.size() < options_.max_support) {
    entry.times.push_back(now());
    return;
  }
  places_[entry.key] = {};  // frequent: a cache keeps it anyway
  std::swap(entry, mining_.back());
  mining_.pop_back();
  if (index < mining_.size()) places_[mining_[index].key] = {table::mining, index};
}

void mithril::mine() {
  for (const auto& entry : mining_) places_[entry.key] = {};
  std::stable_sort(mining_.begin(), mining_.end(),
                   [](const row& a, const row& b) { return a.times.front() < b.times.front(); });
  for (std::size_t i = 0; i < mining_.size(); ++i) {
    bool first = true;
    for (std::size_t j = i + 1; j < mining_.size(); ++j) {
      if (mining_[j].times.front() - mining_[i].times.front() > options_.lookahead) break;
      const auto difference = std::abs(std::ssize(mining_[i].times) - std::ssize(mining_[j].times));
      if (difference > options_.confidence) continue;
      if (associated(mining_[i], mining_[j], first)) associate(mining_[i].key, mining_[j].key);
      first = false;
    }
  }
  mining_.clear();
}

// The nearest follower is associated unless too many times lie apart; a farther one needs, besides, two
// accesses that came directly one after the other. The last time of the shorter row is left out: the longer
// row may go on.
bool mithril::associated(const row& earlier, const row& later, bool first) const {
  const auto shared = std::min(earlier.times.size(), later.times.size());
  bool adjacent = false;
  unsigned apart = 0;
  for (std::size_t i = 0; i + 1 < shared; ++i) {
    const auto distance = std::abs(earlier.times[i] - later.times[i]);
    if (distance > options_.lookahead && ++apart > options_.confidence) return false;
    adjacent = adjacent || distance == 1;
  }
  return first || adjacent;
}

void mithril::associate(key_id earlier, key_id later) {
  auto& list = row_for(earlier).list;
  if (std::find(list.begin(), list.end(), later) != list.end()) return;
  if (list.size() == options_.list_size) list.erase(list.begin());
  list.push_back(later);
}

// The key's row; a new one takes the place of the oldest when all are used.
mithril::prefetch_row& mithril::row_for(key_id key) {
  if (const auto index = prefetch_index_[key]; index > 0) return prefetching_[index - 1];
  auto index = prefetching_.size();
  if (index < options_.prefetch_rows) {
    prefetching_.emplace_back();
  } else {
    index = oldest_prefetch_row_;
    oldest_prefetch_row_ = (oldest_prefetch_row_ + 1) % prefetching_.size();
    prefetch_index_[prefetching_[index].key] = 0;
  }
  prefetch_index_[key] = static_cast<std::uint32_t>(index + 1);
  prefetching_[index] = {.key = key, .list = {}};
  return prefetching_[index];
}

// By the paper's layout, 8 bytes a key and 2 a time, not by this simulation's vectors.
std::uint64_t mithril::metadata_bytes() const {
  constexpr std::uint64_t key_bytes = 8, time_bytes = 2, index_bytes = 4;
  const auto used = static_cast<std::uint64_t>(
      std::count_if(recording_.begin(), recording_.end(), [](const row& r) { return !r.times.empty(); }));
  const auto mining_rows = options_.mining_threshold / options_.min_support;
  return used * (key_bytes + index_bytes + options_.min_support * time_bytes) +
         mining_rows * (key_bytes + index_bytes + options_.max_support * time_bytes) +
         prefetching_.size() * (key_bytes + index_bytes + options_.list_size * key_bytes);
}

}  // namespace stoker::baselines
