#include "actors/tracking/tracked_keys.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "messages/bring.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

// How many accesses ahead memory is asked for: about the lines that a core can wait for at a time.
constexpr std::size_t ahead = 16;

constexpr int eviction_sample = 8;             // keys looked at to find a cold one
constexpr int hot_sample = 4;                  // hot keys looked at to find the one to replace
constexpr std::uint64_t hot_attempt_mask = 3;  // one access in four of a key tries to become hot
constexpr double hot_margin = 0.5;  // doublings by which it must be hotter: else two keys would take turns

constexpr std::uint64_t exact_co_accesses = 128;
constexpr std::uint32_t co_access_stride = 8;

constexpr std::uint64_t golden = 0x9E37'79B9'7F4A'7C15;
constexpr std::uint64_t first_random = 0x2545'F491'4F6C'DD1D;  // any but 0

std::uint64_t index_hash(std::uint16_t cache, std::uint64_t hash) {
  return hash + cache * golden;
}

std::uint64_t dither_of(const key_record& record) {
  return (record.hash ^ static_cast<std::uint64_t>(record.last_access_ns / hour_ns)) * golden >> 8;
}

}  // namespace

tracked_keys::tracked_keys(std::uint64_t max_keys, std::uint64_t hot_keys, duration rate_half_life)
    : max_keys_(max_keys),
      decay_(rate_half_life),
      hot_(hot_keys),
      hot_floor_(-std::numeric_limits<double>::infinity()),
      random_state_(first_random) {}

// Four steps a key, `ahead` keys apart: its bucket is asked for, its record, its hot entry; then it is
// counted.
void tracked_keys::count(std::uint16_t cache, const access_batch& batch,
                         std::span<const std::uint32_t> records, time_point at,
                         std::span<std::uint32_t> slots) {
  const std::int64_t now_ns = to_ns(at);
  begin_hour(now_ns);
  const auto access = [&](std::size_t i) -> const access_record& { return batch.records[records[i]]; };
  const std::size_t size = records.size();
  std::array<std::uint32_t, ahead> guesses{};
  for (std::size_t i = 0; i < size + 3 * ahead; ++i) {
    if (i >= 3 * ahead) {
      const access_record& now = access(i - 3 * ahead);
      slots[i - 3 * ahead] = add(cache, now.hash, batch.key(now));
      count_one(slots[i - 3 * ahead], now, now_ns);
    }
    if (i >= 2 * ahead && i - 2 * ahead < size) prefetch_hot(guesses[i % ahead]);
    if (i >= ahead && i - ahead < size) {
      guesses[i % ahead] = index_.guess(index_hash(cache, access(i - ahead).hash));
      prefetch_record(guesses[i % ahead]);
    }
    if (i < size) index_.prefetch(index_hash(cache, access(i).hash));
  }
  recent_.add(slots.first(size), now_ns);
}

void tracked_keys::prefetch_record(std::uint32_t slot) const noexcept {
  if (slot != no_slot) bring(&records_[slot]);
}

void tracked_keys::prefetch_hot(std::uint32_t slot) const noexcept {
  if (slot != no_slot && records_[slot].hot) hot_.prefetch(records_[slot].side);
}

void tracked_keys::count_one(std::uint32_t slot, const access_record& access, std::int64_t now_ns) {
  key_record& record = records_[slot];
  if (record.last_access_ns < hour_start_ns_ && record.hour_count > 0) close_hour(slot);
  const std::int64_t elapsed = now_ns - record.last_access_ns;
  const bool first = record.count == 0;
  count_access(record, access, now_ns, decay_);
  mark_changed(slot);
  if (!record.hot)
    consider_hot(slot);
  else if (!first && access.outcome != access_outcome::sampled)
    hot_[record.side].times.add(elapsed);
}

void tracked_keys::begin_hour(std::int64_t now_ns) noexcept {
  hour_start_ns_ = std::max(hour_start_ns_, now_ns / hour_ns * hour_ns);
}

// The accesses of the record's last hour go into its hour counts.
void tracked_keys::close_hour(std::uint32_t slot) {
  key_record& record = records_[slot];
  const std::uint32_t hour = hour_of(record.last_access_ns);
  const std::uint64_t dither = dither_of(record);
  hours(record).add(hour, std::exchange(record.hour_count, 0), dither);
}

hour_counts& tracked_keys::hours(key_record& record) {
  if (record.hot) return hot_[record.side].hours;
  if (record.side == no_slot) record.side = hours_.allocate();
  return hours_[record.side];
}

const hour_counts* tracked_keys::known_hours(const key_record& record) const noexcept {
  if (record.hot) return &hot_[record.side].hours;
  return record.side == no_slot ? nullptr : &hours_[record.side];
}

std::uint32_t tracked_keys::find(std::uint16_t cache, std::uint64_t hash) const {
  return index_.find(index_hash(cache, hash), [&](std::uint32_t slot) {
    return records_[slot].hash == hash && records_[slot].cache == cache;
  });
}

std::uint32_t tracked_keys::find(std::uint16_t cache, std::string_view key) const {
  const std::uint32_t slot = find(cache, hash_key(key));
  return slot != no_slot && name(slot) == key ? slot : no_slot;
}

std::uint32_t tracked_keys::add(std::uint16_t cache, std::uint64_t hash, std::string_view key) {
  if (const std::uint32_t known = find(cache, hash); known != no_slot) return known;
  if (records_.used() >= max_keys_) evict_coldest();
  const std::uint32_t slot = records_.allocate();
  key_record& record = records_[slot];
  record.hash = hash;
  record.cache = cache;
  record.name = names_.add(key);
  if (slot / 64 >= changed_bits_.size()) changed_bits_.push_back(0);
  if (!index_.insert(index_hash(cache, hash), slot)) rebuild_index();
  return slot;
}

void tracked_keys::rebuild_index() {
  index_.grow();
  for (std::uint32_t slot = 0; slot < records_.end(); ++slot) {
    const key_record& record = records_[slot];
    if (record.cache != no_cache) index_.insert(index_hash(record.cache, record.hash), slot);
  }
}

void tracked_keys::forget(std::uint16_t cache) {
  for (std::uint32_t slot = 0; slot < records_.end(); ++slot)
    if (records_[slot].cache == cache) erase(slot);
}

void tracked_keys::erase(std::uint32_t slot) {
  key_record& record = records_[slot];
  index_.erase(index_hash(record.cache, record.hash), slot);
  names_.release(record.name);
  if (record.hot)
    hot_.remove(record.side);
  else if (record.side != no_slot)
    hours_.release(record.side);
  if (record.described) details_.erase(slot);
  unmark_changed(slot);
  record = {};
  records_.release(slot);
}

// Of a few keys chosen by chance, the one whose rate has fallen lowest: close to the coldest of all, at no
// cost between evictions. When chance finds free slots only, the first key in use goes.
void tracked_keys::evict_coldest() {
  std::uint32_t coldest = no_slot;
  double lowest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < eviction_sample; ++i) {
    const auto slot = static_cast<std::uint32_t>(random() % records_.end());
    if (records_[slot].cache == no_cache) continue;
    if (const double heat = decay_.heat(records_[slot]); coldest == no_slot || heat < lowest) {
      coldest = slot;
      lowest = heat;
    }
  }
  for (std::uint32_t slot = 0; coldest == no_slot; ++slot)
    if (records_[slot].cache != no_cache) coldest = slot;
  erase(coldest);
  ++evicted_;
}

void tracked_keys::consider_hot(std::uint32_t slot) {
  const key_record& record = records_[slot];
  if (!hot_.full()) return make_hot(slot);
  if (hot_.capacity() == 0 || (record.count & hot_attempt_mask) != 0) return;
  const double heat = decay_.heat(record);
  if (heat < hot_floor_ + hot_margin) return;
  const std::uint32_t entry = coldest_hot();
  if (entry == no_slot || heat < hot_floor_ + hot_margin) return;
  make_cold(entry);
  make_hot(slot);
}

// The coldest of a few hot keys; its heat becomes the floor.
std::uint32_t tracked_keys::coldest_hot() {
  std::uint32_t coldest = no_slot;
  for (int i = 0; i < hot_sample; ++i) {
    const std::uint32_t entry = hot_.sample(random());
    if (entry == no_slot) continue;
    const double heat = decay_.heat(records_[hot_[entry].owner]);
    if (coldest != no_slot && heat >= hot_floor_) continue;
    coldest = entry;
    hot_floor_ = heat;
  }
  return coldest;
}

void tracked_keys::make_hot(std::uint32_t slot) {
  key_record& record = records_[slot];
  const hour_counts* known = known_hours(record);
  const std::uint32_t entry = hot_.add(slot, known ? *known : hour_counts{});
  if (record.side != no_slot) hours_.release(record.side);
  record.hot = 1;
  record.side = entry;
}

void tracked_keys::make_cold(std::uint32_t entry) {
  key_record& record = records_[hot_[entry].owner];
  const hour_counts counts = hot_[entry].hours;
  hot_.remove(entry);
  record.hot = 0;
  record.side = no_slot;
  if (counts.newest_hour() != 0) hours(record) = counts;
}

void tracked_keys::describe(std::uint32_t slot, std::span<const std::string> tags,
                            std::span<const std::pair<std::string, double>> attributes) {
  if (tags.empty() && attributes.empty()) return;
  key_details& known = details_[slot];
  records_[slot].described = 1;
  for (const auto& tag : tags)
    if (known.tags.size() < max_details &&
        std::find(known.tags.begin(), known.tags.end(), tag) == known.tags.end())
      known.tags.push_back(tag);
  for (const auto& [name, number] : attributes) {
    const auto same = [&](const auto& each) { return each.first == name; };
    const auto found = std::find_if(known.attributes.begin(), known.attributes.end(), same);
    if (found != known.attributes.end())
      found->second = number;
    else if (known.attributes.size() < max_details)
      known.attributes.emplace_back(name, number);
  }
  mark_changed(slot);
}

const key_details* tracked_keys::details(std::uint32_t slot) const {
  if (!records_[slot].described) return nullptr;
  return &details_.find(slot)->second;
}

std::uint32_t tracked_keys::co_access_weight(std::uint32_t slot) const noexcept {
  const key_record& record = records_[slot];
  if (!record.hot) return 0;
  if (record.count <= exact_co_accesses) return 1;
  return record.count % co_access_stride == 0 ? co_access_stride : 0;
}

void tracked_keys::co_access(std::uint32_t slot, std::uint64_t hash, std::string_view name,
                             std::uint32_t weight) {
  if (records_[slot].hot) hot_.co_access(records_[slot].side, hash, name, weight);
}

void tracked_keys::co_access_told(std::uint32_t slot, std::string_view name) {
  if (records_[slot].hot) hot_.co_access_named(records_[slot].side, hash_key(name), name, 1);
}

std::uint64_t tracked_keys::accesses_between(std::uint32_t slot, std::uint32_t first_hour,
                                             std::uint32_t last_hour) const {
  const key_record& record = records_[slot];
  const std::uint32_t pending_hour = hour_of(record.last_access_ns);
  std::uint64_t accesses = pending_hour >= first_hour && pending_hour <= last_hour ? record.hour_count : 0;
  const hour_counts* counts = known_hours(record);
  if (!counts || counts->newest_hour() < first_hour) return accesses;
  const std::uint32_t oldest =
      counts->newest_hour() - std::min(counts->newest_hour(), hour_counts::recent_span - 1);
  for (std::uint32_t hour = std::max(first_hour, oldest); hour <= std::min(last_hour, counts->newest_hour());
       ++hour)
    accesses += counts->recent(hour);
  return accesses;
}

std::uint32_t tracked_keys::hour_of_day(std::uint32_t slot, std::uint32_t hour) const {
  const key_record& record = records_[slot];
  const std::uint32_t pending = hour_of(record.last_access_ns) % 24 == hour ? record.hour_count : 0;
  const hour_counts* counts = known_hours(record);
  return pending + (counts ? counts->hour_of_day(hour) : 0);
}

void tracked_keys::mark_changed(std::uint32_t slot) {
  if (records_[slot].dirty) return;
  records_[slot].dirty = 1;
  changed_bits_[slot / 64] |= 1ull << (slot % 64);
  ++changed_;
}

void tracked_keys::unmark_changed(std::uint32_t slot) noexcept {
  if (!records_[slot].dirty) return;
  records_[slot].dirty = 0;
  changed_bits_[slot / 64] &= ~(1ull << (slot % 64));
  --changed_;
}

std::vector<std::uint32_t> tracked_keys::take_changed(std::uint32_t& from, std::size_t limit) {
  std::vector<std::uint32_t> slots;
  slots.reserve(std::min<std::size_t>(limit, changed_));
  while (from < records_.end() && slots.size() < limit) {
    const std::uint64_t bits = changed_bits_[from / 64] >> (from % 64);
    if (bits == 0) {
      from = (from / 64 + 1) * 64;
    } else {
      from += static_cast<std::uint32_t>(std::countr_zero(bits));
      unmark_changed(from);
      slots.push_back(from++);
    }
  }
  from = std::min(from, records_.end());
  return slots;
}

std::uint64_t tracked_keys::random() noexcept {
  // Xorshift64 (Marsaglia 2003).
  random_state_ ^= random_state_ << 13;
  random_state_ ^= random_state_ >> 7;
  random_state_ ^= random_state_ << 17;
  return random_state_;
}

std::size_t tracked_keys::key_memory_bytes() const noexcept {
  return records_.memory_bytes() + hours_.memory_bytes() + index_.memory_bytes() + names_.memory_bytes() +
         changed_bits_.capacity() * sizeof(changed_bits_[0]);
}

}  // namespace stoker
