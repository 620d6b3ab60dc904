#include "actors/prediction/successor_lists.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace stoker::learning {

namespace {

constexpr std::uint16_t followed_at_once = 0b11;  // the start mark, and: it followed the latest occurrence
constexpr std::uint16_t latest = 1;
constexpr std::uint8_t most_listed = 31;  // what the bits of key_facts can tell
constexpr int lately = 3;                 // occurrences of the source
constexpr std::uint8_t first_room = 4;    // successors: a block of two would be outgrown at once
constexpr std::uint16_t oldest = 0x80;

successor newcomer(std::uint32_t key, std::uint32_t rank) {
  return {key, rank, 1, followed_at_once, 0, 0};
}

// Whether it is this key. In one read of memory: compilers read a packed number of 24 bits in pieces.
bool is(const successor& s, std::uint32_t key) {
  static_assert(std::endian::native == std::endian::little);
  std::uint32_t first = 0;
  std::memcpy(&first, &s, sizeof first);
  return (first ^ key) << 8 == 0;
}

// The one with this key, or null. Looks at four at a time, whether they are listed or not, since nobody can
// guess where the loop over single ones would end. REQUIRES: room for a multiple of four.
successor* find(std::span<successor> list, std::uint32_t key) {
  for (std::size_t first = 0; first < list.size(); first += 4) {
    auto* four = list.data() + first;
    const auto found =
        static_cast<unsigned>(is(four[0], key)) | static_cast<unsigned>(is(four[1], key)) << 1 |
        static_cast<unsigned>(is(four[2], key)) << 2 | static_cast<unsigned>(is(four[3], key)) << 3;
    if (found == 0) continue;
    const auto at = first + static_cast<std::size_t>(std::countr_zero(found));
    return at < list.size() ? &list[at] : nullptr;
  }
  return nullptr;
}

// It followed the latest occurrence (again).
void followed(successor& s, std::uint32_t rank) {
  const bool again = (s.history & latest) != 0;
  s.rank = again ? std::min<std::uint32_t>(s.rank, rank) : rank;
  if (again) return;
  s.history |= latest;
  if (s.count < successor::most_count) ++s.count;
}

// By history: occurrences since it followed last; the start mark counts as nothing.
constexpr std::array<std::uint8_t, 256> absences = [] {
  std::array<std::uint8_t, 256> result{};
  for (unsigned history = 0; history < result.size(); ++history) {
    const unsigned bits = history & ~std::bit_floor(history);
    result[history] = static_cast<std::uint8_t>(bits == 0 ? 8 : std::countr_zero(bits));
  }
  return result;
}();

int absence(const successor& s) {
  return absences[s.history];
}

// Larger: weaker.
unsigned weakness(const successor& s) {
  return (successor::most_count - s.count) << 4 | absences[s.history];
}

bool weaker(const successor& a, const successor& b) {
  return weakness(a) > weakness(b);
}

}  // namespace

bool successor_lists::confirm(key_facts& source, std::uint32_t to, std::uint32_t rank) {
  if (complete(source)) return true;
  auto* known = find(of(source), to);
  if (known != nullptr) followed(*known, rank);
  return known != nullptr;
}

void successor_lists::add(key_facts& source, std::uint32_t to, std::uint32_t rank) {
  const auto list = of(source);
  const auto most = source.occurrences <= 1 ? longest_at_first : longest;
  const bool may_grow = source.successors < source.room || source.room == 0 || in_use_ < limit_;
  if (list.size() < most && may_grow)
    append(source, newcomer(to, rank));
  else
    replace_weakest(list, newcomer(to, rank));
}

void successor_lists::append(key_facts& source, successor added) {
  if (source.successors == source.room)
    resize(source, static_cast<std::uint8_t>(source.room == 0 ? first_room : source.room + step));
  pool_[source.first_successor + source.successors++] = added;
}

void successor_lists::replace_weakest(std::span<successor> list, successor added) {
  successor* weakest = nullptr;
  unsigned most = 0;
  for (auto& s : list) {
    const auto weak = weakness(s);
    if ((s.history & latest) != 0 || weak <= most) continue;
    weakest = &s;
    most = weak;
  }
  if (weakest == nullptr) return;
  if (weakest->count <= 1)
    *weakest = added;
  else
    --weakest->count;
}

void successor_lists::occurred(key_facts& source) {
  ++source.occurrences;
  const bool fade = source.occurrences > key_facts::most_occurrences;
  if (fade) source.occurrences /= 2;
  for (auto& s : of(source)) {
    s.history = static_cast<std::uint8_t>((s.history << 1) | (s.history & oldest));
    if (fade) s.count = (s.count + 1U) / 2;
  }
}

void successor_lists::judged(successor& candidate, bool used) {
  if (candidate.proposed == successor::most_proposed) {
    candidate.proposed /= 2;
    candidate.used /= 2;
  }
  ++candidate.proposed;
  if (used) ++candidate.used;
}

void successor_lists::release(key_facts& source) {
  if (source.room > 0) give_block(source.first_successor, source.room);
  source.successors = source.room = 0;
}

void successor_lists::resize(key_facts& source, std::uint8_t room) {
  if (room == 0) return release(source);
  const auto first = take_block(room);
  std::copy_n(pool_.data() + source.first_successor, source.successors, pool_.data() + first);
  if (source.room > 0) give_block(source.first_successor, source.room);
  source.first_successor = first;
  source.room = room & most_listed;
}

void successor_lists::trim(key_facts& source, bool hard) {
  auto list = of(source);
  if (source.occurrences > 1) {
    const int patience = hard ? 1 : lately;
    const auto faded = [=](const successor& s) { return s.count <= 1 && absence(s) >= patience; };
    const auto kept = std::remove_if(list.begin(), list.end(), faded);
    source.successors = static_cast<std::uint8_t>(kept - list.begin()) & most_listed;
    if (hard && source.successors > trimmed) {
      std::nth_element(list.begin(), list.begin() + trimmed, kept,
                       [](const successor& a, const successor& b) { return weaker(b, a); });
      source.successors = trimmed;
    }
  }
  const auto room = static_cast<std::uint8_t>((source.successors + step - 1) / step * step);
  if (room < source.room) resize(source, room);
}

// A free block of this room, else the beginning of a larger one, else new room.
std::uint32_t successor_lists::take_block(std::uint8_t room) {
  in_use_ += room;
  for (std::size_t larger = room / step - 1; larger < classes; ++larger) {
    auto& free = free_[larger];
    if (free.empty()) continue;
    const auto first = free.back();
    free.pop_back();
    const auto rest = (larger + 1) * step - room;
    if (rest > 0) free_[rest / step - 1].push_back(first + room);
    return first;
  }
  const auto first = static_cast<std::uint32_t>(pool_.size());
  pool_.grow_to(pool_.size() + room);
  return first;
}

void successor_lists::give_block(std::uint32_t first, std::uint8_t room) {
  in_use_ -= room;
  free_[room / step - 1].push_back(first);
}

std::size_t successor_lists::memory_bytes() const noexcept {
  std::size_t bytes = pool_.memory_bytes();
  for (const auto& blocks : free_) bytes += blocks.capacity() * sizeof(std::uint32_t);
  return bytes;
}

}  // namespace stoker::learning
