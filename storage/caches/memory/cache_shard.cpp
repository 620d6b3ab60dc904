#include "storage/caches/memory/cache_shard.hpp"

#include <algorithm>
#include <cassert>

#include "messages/key.hpp"
#include "storage/caches/memory/footprint.hpp"
#include "storage/caches/memory/lifetime.hpp"

namespace stoker {

namespace {

// Slots looked at for expired entries at each store: more than one, so that sweeping outruns storing.
constexpr entry_table::slot swept_per_store = 4;
// Keeps the hashes of tags apart from those of keys in the fence table.
constexpr std::uint64_t tag_salt = 0x9e3779b97f4a7c15;

std::int64_t nanoseconds(time_point t) {
  return t.time_since_epoch().count();
}

bool expired(const cache_entry& e, time_point now) {
  return e.expires_at_ns <= nanoseconds(now);
}

}  // namespace

cache_shard::cache_shard(const shard_limits& limits, std::unique_ptr<eviction_policy> policy)
    : limits_(limits), policy_(std::move(policy)) {}

lookup_result cache_shard::get(shard_key key, time_point now, discarded_values& discarded) {
  const slot s = find_live(key, now, discarded);
  if (s != none) {
    ++stats_.hits;
    return demand(s);
  }
  ++stats_.misses;
  policy_->missed(key.hash);
  prefetch_what_victim_names();
  return {};
}

lookup_result cache_shard::get_or_fill(shard_key key, const value& bytes, const entry_options& options,
                                       time_point now, discarded_values& discarded) {
  lookup_result found = get(key, now, discarded);
  if (found.outcome != lookup::miss) return found;
  sweep_a_little(now, discarded);
  if (fits_at_all(key.bytes, bytes)) store(key, bytes, options, filled_by::user, now, discarded);
  return found;
}

lookup_result cache_shard::get_again(shard_key key, time_point now, discarded_values& discarded) {
  const slot s = find_live(key, now, discarded);
  return s == none ? lookup_result{} : demand(s);
}

bool cache_shard::contains(shard_key key, time_point now) const {
  const slot s = find(key);
  return s != none && !expired(entries_[s], now);
}

fill_result cache_shard::put(shard_key key, const value& bytes, const entry_options& options, time_point now,
                             discarded_values& discarded) {
  sweep_a_little(now, discarded);
  note_change(key.hash);
  const slot s = find_live(key, now, discarded);
  if (!fits_at_all(key.bytes, bytes)) {
    // What the user set last is what he must get: rather nothing than the value before.
    if (s != none) remove(s, departure_reason::replaced, discarded);
    return fill_result::too_large;
  }
  if (s == none) return store(key, bytes, options, filled_by::user, now, discarded);
  const bool first_use = entries_[s].unused;
  if (first_use) depart(entries_[s], departure_reason::replaced);
  entries_[s].prefetched = false;
  policy_->demanded(s, first_use);
  return replace(s, bytes, options, now, discarded);
}

fill_token cache_shard::begin_fill(std::uint64_t hash, discarded_values& discarded) {
  if (!fences_) {
    fences_ = std::make_unique<fence_table>(limits_.fence_sets);
    make_room(0, 0, discarded);
  }
  fences_->prefetch(hash);
  index_.prefetch(hash_index::tag_of(hash));
  policy_->expect_missing(hash);
  return {generation_};
}

fill_result cache_shard::fill(shard_key key, fill_token token, const value& bytes,
                              const entry_options& options, filled_by by, time_point now,
                              discarded_values& discarded) {
  sweep_a_little(now, discarded);
  if (find_live(key, now, discarded) != none) return fill_result::present;
  const bool changed = fences_ && fences_->changed_since(key.hash, token.generation);
  if (changed || any_changed(options.tags, token)) return fill_result::fenced;
  if (!fits_at_all(key.bytes, bytes)) return fill_result::too_large;
  return store(key, bytes, options, by, now, discarded);
}

// An entry that expired while its refresh was under way is replaced, too, when it is still here.
fill_result cache_shard::refresh(shard_key key, fill_token token, const value& bytes,
                                 const entry_options& options, time_point now, discarded_values& discarded) {
  const slot s = find(key);
  const bool changed = s == none || entries_[s].generation > token.generation;
  if (changed || any_changed(options.tags, token)) return fill_result::fenced;
  if (!fits_at_all(key.bytes, bytes)) return fill_result::too_large;
  const auto kept_tags = options.tags.empty() ? std::exchange(entries_[s].first_tag, cache_entry::no_tags)
                                              : cache_entry::no_tags;
  erase_fields(s, discarded);
  write(s, bytes, options, now);
  if (kept_tags != cache_entry::no_tags) entries_[s].first_tag = kept_tags;
  make_room(0, 0, discarded);
  return fill_result::stored;
}

bool cache_shard::invalidate(shard_key key, discarded_values& discarded) {
  note_change(key.hash);
  const slot s = find(key);
  if (s == none) return false;
  remove(s, departure_reason::removed, discarded);
  return true;
}

std::size_t cache_shard::invalidate_tag(std::uint64_t tag_hash, discarded_values& discarded) {
  note_change(tag_hash ^ tag_salt);
  std::size_t removed = 0;
  for (slot s; tags_ && (s = tags_->any_tagged(tag_hash)) != tag_index::none; ++removed) {
    note_change(entries_[s].hash);
    remove(s, departure_reason::removed, discarded);
  }
  return removed;
}

bool cache_shard::remove_unused(shard_key key, discarded_values& discarded) {
  const slot s = find(key);
  if (s == none || !entries_[s].unused) return false;
  remove(s, departure_reason::removed, discarded);
  return true;
}

void cache_shard::clear() {
  ++generation_;
  if (fences_) fences_->all_changed(generation_);
  for (slot s = 0; s < entries_.slot_limit(); ++s) {
    if (!entries_[s].resident) continue;
    depart(entries_[s], departure_reason::removed);
    policy_->erased(s);
  }
  index_.clear();
  entries_.clear();
  tags_.reset();
  entry_heap_bytes_ = expiring_ = sweep_next_ = 0;
}

cache_shard::slot cache_shard::sweep(slot first, slot slots, time_point now, discarded_values& discarded) {
  const slot last = first + std::min(slots, entries_.slot_limit() - std::min(first, entries_.slot_limit()));
  for (slot s = first; s < last; ++s)
    if (entries_[s].resident && expired(entries_[s], now)) remove(s, departure_reason::expired, discarded);
  return last;
}

cache_shard::slot cache_shard::list(slot first, slot slots, time_point now,
                                    std::vector<entry_info>& out) const {
  const slot last = first + std::min(slots, entries_.slot_limit() - std::min(first, entries_.slot_limit()));
  for (slot s = first; s < last; ++s) {
    const cache_entry& e = entries_[s];
    if (!e.resident || expired(e, now)) continue;
    const duration left(e.expires_at_ns == never_expires ? 0 : e.expires_at_ns - nanoseconds(now));
    out.push_back({std::string(e.key()), e.bytes.size(), left, e.cost_us,
                   e.unused ? filled_by::warmer : filled_by::user, decode_lifetime(e.lifetime)});
  }
  return last;
}

std::uint64_t cache_shard::take_departures(std::vector<departure>& out) {
  out.insert(out.end(), departures_.begin(), departures_.end());
  departures_.clear();
  return std::exchange(departures_dropped_, 0);
}

void cache_shard::add_to(cache_stats& total) const {
  total.hits += stats_.hits;
  total.misses += stats_.misses;
  total.first_uses += stats_.first_uses;
  total.prefetches += stats_.prefetches;
  total.prefetched_wasted += stats_.prefetched_wasted;
  total.evictions += stats_.evictions;
  total.expirations += stats_.expirations;
  total.entries += entries_.size();
  total.entries_unused += stats_.entries_unused;
  total.bytes += bytes();
}

std::size_t cache_shard::bytes() const {
  const std::size_t optional = (tags_ ? tags_->memory_bytes() : 0) + (fences_ ? fences_->memory_bytes() : 0);
  return heap_bytes(sizeof *this) + entry_heap_bytes_ + entries_.memory_bytes() + index_.memory_bytes() +
         policy_->metadata_bytes() + heap_bytes(departures_) + optional;
}

cache_shard::slot cache_shard::find(shard_key key) const {
  return index_.find(hash_index::tag_of(key.hash), [&](slot s) {
    const cache_entry& e = entries_[s];
    e.prefetch_key();
    if (e.hash != key.hash) return false;
    e.bytes.prefetch();  // most lookups end in a copy of the value: let its line come while the keys are
                         // compared
    return e.key() == key.bytes;
  });
}

void cache_shard::expect_next(std::uint64_t hash) const {
  const slot s = index_.find(hash_index::tag_of(hash), [](slot) { return true; });
  if (s == none) return policy_->expect_missing(hash);
  entries_[s].prefetch();
  policy_->expect(s);
}

std::uint64_t cache_shard::likely_departure() const {
  const slot s = policy_->likely_victim();
  return s == eviction_policy::no_slot ? 0 : entries_[s].hash;
}

// As find(), but what has expired is removed and not found.
cache_shard::slot cache_shard::find_live(shard_key key, time_point now, discarded_values& discarded) {
  const slot s = find(key);
  if (s == none || !expired(entries_[s], now)) return s;
  remove(s, departure_reason::expired, discarded);
  return none;
}

lookup_result cache_shard::demand(slot s) {
  cache_entry& e = entries_[s];
  const bool first_use = e.unused;
  if (first_use) {
    e.unused = false;
    ++stats_.first_uses;
    --stats_.entries_unused;
  }
  policy_->demanded(s, first_use);
  return {first_use ? lookup::first_use : lookup::hit, e.bytes, time_point{duration{e.expires_at_ns}},
          e.cost_us};
}

// REQUIRES: the key is not resident, and fits.
fill_result cache_shard::store(shard_key key, const value& bytes, const entry_options& options, filled_by by,
                               time_point now, discarded_values& discarded) {
  if (by == filled_by::warmer || limits_.every_departure)
    departures_.reserve(limits_.departures);  // once: they never allocate later
  make_room(entry_table::key_footprint(key.bytes.size()) + heap_bytes(bytes.allocation_bytes()), 1,
            discarded);
  const slot s = entries_.acquire(key.bytes);
  cache_entry& e = entries_[s];
  e.hash = key.hash;
  e.prefetched = e.unused = by == filled_by::warmer;
  stats_.prefetches += e.unused;
  stats_.entries_unused += e.unused;
  write(s, bytes, options, now);
  index_.insert(hash_index::tag_of(key.hash), s);
  policy_->inserted(s, key.hash, e.unused, options.probability);
  make_room(0, 0, discarded);  // the tables may have grown
  // Alone and still over the limit: the tables that even one entry needs left no room for it.
  return entries_.size() == 0 ? fill_result::too_large : fill_result::stored;
}

// REQUIRES: the new bytes fit.
fill_result cache_shard::replace(slot s, const value& bytes, const entry_options& options, time_point now,
                                 discarded_values& discarded) {
  erase_fields(s, discarded);
  write(s, bytes, options, now);
  make_room(0, 0, discarded);
  return fill_result::stored;
}

void cache_shard::write(slot s, const value& bytes, const entry_options& options, time_point now) {
  cache_entry& e = entries_[s];
  e.bytes = bytes;
  e.cost_us = options.cost_us;
  e.generation = ++generation_;
  e.expires_at_ns = expiry(e.hash, options.ttl, now);
  e.lifetime = encode_lifetime(options.ttl);
  expiring_ += e.expires_at_ns != never_expires;
  entry_heap_bytes_ += e.heap_footprint();
  if (options.tags.empty()) return;
  if (!tags_) tags_ = std::make_unique<tag_index>();
  e.first_tag = tags_->tag(s, options.tags);
}

// Undoes write(): the entry has no value, TTL and tags, and the account knows.
void cache_shard::erase_fields(slot s, discarded_values& discarded) {
  cache_entry& e = entries_[s];
  entry_heap_bytes_ -= e.heap_footprint();
  expiring_ -= e.expires_at_ns != never_expires;
  if (e.first_tag != cache_entry::no_tags) tags_->untag(std::exchange(e.first_tag, cache_entry::no_tags));
  discarded.add(std::move(e.bytes));
}

void cache_shard::remove(slot s, departure_reason why, discarded_values& discarded) {
  cache_entry& e = entries_[s];
  stats_.expirations += why == departure_reason::expired;
  stats_.evictions += why == departure_reason::evicted;
  depart(e, why);
  erase_fields(s, discarded);
  index_.erase(hash_index::tag_of(e.hash), s);
  policy_->erased(s);
  entries_.release(s);
}

// Settles the account of a prefetched entry that leaves, or that a live set takes over.
void cache_shard::depart(cache_entry& e, departure_reason why) {
  if (!e.prefetched && !limits_.every_departure) return;
  if (departures_.size() < limits_.departures)
    departures_.push_back({e.hash, why, !e.unused});
  else
    ++departures_dropped_;
  if (!std::exchange(e.unused, false)) return;
  ++stats_.prefetched_wasted;
  --stats_.entries_unused;
}

bool cache_shard::over_limit(std::size_t more_bytes, std::size_t more_entries) const {
  if (limits_.entries > 0) return entries_.size() + more_entries > limits_.entries;
  return bytes() + more_bytes > limits_.bytes;
}

void cache_shard::make_room(std::size_t more_bytes, std::size_t more_entries, discarded_values& discarded) {
  while (entries_.size() > 0 && over_limit(more_bytes, more_entries)) {
    remove(policy_->victim(), departure_reason::evicted, discarded);
    prefetch_victim();
  }
}

// An eviction works on an entry that nobody has touched for long, so it would wait for memory three times:
// for the entry, then for its value and its place in the index. The entry is asked for when the eviction
// before ends.
void cache_shard::prefetch_victim() const {
  if (const slot s = policy_->likely_victim(); s != eviction_policy::no_slot) entries_[s].prefetch();
}

// The rest is asked for when a key is missed: its load takes longer than memory does.
void cache_shard::prefetch_what_victim_names() const {
  if (stats_.evictions == 0) return;  // not full yet
  const slot s = policy_->likely_victim();
  if (s == eviction_policy::no_slot) return;
  entries_[s].bytes.prefetch();
  index_.prefetch(hash_index::tag_of(entries_[s].hash));
}

// Whether the entry would fit if all others were gone.
bool cache_shard::fits_at_all(std::string_view key, const value& bytes) const {
  if (limits_.entries > 0) return true;
  const std::size_t tables = cache_shard::bytes() - entry_heap_bytes_;
  const std::size_t entry = entry_table::key_footprint(key.size()) + heap_bytes(bytes.allocation_bytes());
  return tables + entry <= limits_.bytes;
}

bool cache_shard::any_changed(const std::vector<std::string>& tags, fill_token token) const {
  return fences_ && std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
           return fences_->changed_since(hash_key(tag) ^ tag_salt, token.generation);
         });
}

void cache_shard::note_change(std::uint64_t hash) {
  ++generation_;
  if (fences_) fences_->changed(hash, generation_);
}

void cache_shard::sweep_a_little(time_point now, discarded_values& discarded) {
  if (expiring_ == 0) return;
  if (sweep_next_ >= entries_.slot_limit()) sweep_next_ = 0;
  sweep_next_ = sweep(sweep_next_, swept_per_store, now, discarded);
}

// Never later than the TTL says: the jitter only shortens it.
std::int64_t cache_shard::expiry(std::uint64_t hash, duration ttl, time_point now) const {
  if (ttl <= duration::zero()) return never_expires;
  const double share = static_cast<double>(hash >> 40) / static_cast<double>(1 << 24);
  const auto shortened =
      static_cast<std::int64_t>(static_cast<double>(ttl.count()) * limits_.ttl_jitter * share);
  const std::int64_t lives = std::max<std::int64_t>(1, ttl.count() - shortened);
  return lives > never_expires - nanoseconds(now) ? never_expires : nanoseconds(now) + lives;
}

}  // namespace stoker
