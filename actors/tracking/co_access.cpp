#include "actors/tracking/co_access.hpp"

#include <algorithm>
#include <cstring>

namespace stoker {

namespace {

// Keys of a stream that pauses are remembered for some 30,000 accesses of all streams.
constexpr std::size_t recent_names_bytes = 1024 * 1024;
constexpr std::size_t stream_places = 4096;              // streams with an open window at a time
constexpr int stream_shift = 52;                         // the highest bits of a product are its best mixed
constexpr std::uint64_t golden = 0x9E37'79B9'7F4A'7C15;  // spreads small numbers over all bits

std::uint32_t fragment_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 16);
}

static_assert(stream_places == 1u << (64 - stream_shift));

}  // namespace

std::uint32_t name_pool::acquire(std::uint64_t hash, std::string_view name) {
  auto [found, fresh] = by_hash_.try_emplace(hash, 0);
  if (fresh) {
    found->second = entries_.allocate();
    entries_[found->second] = {hash, names_.add(name), 0};
  }
  ++entries_[found->second].users;
  return found->second;
}

void name_pool::release(std::uint32_t id) {
  entry& released = entries_[id];
  if (--released.users > 0) return;
  by_hash_.erase(released.hash);
  names_.release(released.name);
  entries_.release(id);
}

std::size_t name_pool::memory_bytes() const noexcept {
  // flat_hash_map: a slot and a control byte for each place.
  return by_hash_.capacity() * (sizeof(*by_hash_.begin()) + 1) + entries_.memory_bytes() +
         names_.memory_bytes();
}

void co_access_counts::add(std::uint64_t hash, std::string_view name, std::uint32_t weight,
                           name_pool& names) {
  const std::uint32_t fragment = fragment_of(hash);
  const std::size_t place = place_of(fragment);
  if (place == capacity) return make_room(weight, names);
  if (counts_[place] == 0) {
    fragments_[place] = fragment;
    names_[place] = no_slot;
  } else if (names_[place] == no_slot) {
    names_[place] = names.acquire(hash, name);
  }
  counts_[place] += weight;
}

void co_access_counts::add_named(std::uint64_t hash, std::string_view name, std::uint32_t weight,
                                 name_pool& names) {
  add(hash, name, weight, names);
  const std::size_t place = place_of(fragment_of(hash));
  if (place != capacity && counts_[place] > 0 && names_[place] == no_slot)
    names_[place] = names.acquire(hash, name);
}

std::size_t co_access_counts::place_of(std::uint32_t fragment) const noexcept {
  std::size_t free = capacity;
  for (std::size_t i = 0; i < capacity; ++i) {
    if (counts_[i] == 0)
      free = i;
    else if (fragments_[i] == fragment)
      return i;
  }
  return free;
}

void co_access_counts::make_room(std::uint32_t weight, name_pool& names) {
  for (std::size_t i = 0; i < capacity; ++i) {
    counts_[i] -= std::min(counts_[i], weight);
    if (counts_[i] == 0) forget_name(i, names);
  }
}

void co_access_counts::clear(name_pool& names) {
  for (std::size_t i = 0; i < capacity; ++i) {
    if (counts_[i] > 0) forget_name(i, names);
    counts_[i] = 0;
  }
}

void co_access_counts::forget_name(std::size_t place, name_pool& names) {
  if (names_[place] != no_slot) names.release(names_[place]);
  names_[place] = no_slot;
}

recent_names::recent_names() : bytes_(recent_names_bytes) {}

std::uint64_t recent_names::add(std::string_view name) {
  const std::size_t offset = end_ % recent_names_bytes;
  if (offset + name.size() > recent_names_bytes) end_ += recent_names_bytes - offset;
  const std::uint64_t at = end_;
  if (!name.empty()) std::memcpy(&bytes_[at % recent_names_bytes], name.data(), name.size());
  end_ += name.size();
  return at;
}

std::string_view recent_names::get(const stream_access& access) const noexcept {
  if (end_ - access.name_at > recent_names_bytes) return {};
  return {&bytes_[access.name_at % recent_names_bytes], access.name_size};
}

bool stream_windows::window::contains(std::uint64_t hash) const noexcept {
  return std::any_of(accesses.begin(), accesses.begin() + size,
                     [&](const auto& each) { return each.hash == hash; });
}

// To the front; an earlier access of the same key leaves, so that the window holds different keys.
void stream_windows::window::push(const stream_access& access) noexcept {
  const auto end = accesses.begin() + size;
  auto gap = std::find_if(accesses.begin(), end, [&](const auto& each) { return each.hash == access.hash; });
  if (gap == end) {
    if (size < span) ++size;
    gap = accesses.begin() + size - 1;
  }
  std::move_backward(accesses.begin(), gap, gap + 1);
  accesses.front() = access;
}

stream_windows::stream_windows() : places_(stream_places) {}

stream_windows::window& stream_windows::of(std::uint64_t stream, std::uint16_t cache, std::int64_t now_ns,
                                           std::int64_t window_ns) noexcept {
  const std::uint64_t whose = (stream + cache * golden) * golden;
  window& found = places_[whose >> stream_shift];
  if (found.stream != whose || found.epoch != epoch_ || now_ns - found.last_ns > window_ns) found.size = 0;
  found.epoch = epoch_;
  found.stream = whose;
  found.last_ns = now_ns;
  return found;
}

}  // namespace stoker
