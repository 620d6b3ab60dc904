#include "actors/prediction/key_names.hpp"

#include <algorithm>
#include <cassert>

#include "messages/bring.hpp"

namespace stoker {

namespace {

constexpr std::size_t first_slots = 64;
constexpr std::size_t most_digits = 18;  // any such number fits into 64 bits, and so do its neighbours

// The upper eight bits of the hash; its lower ones say where the slot is.
std::uint32_t mark_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 56) << 24;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

key_names::key_names(std::uint32_t max_keys)
    : max_keys_(std::clamp(max_keys, 1U, most_keys)), slots_(first_slots, free_slot) {}

template <class Matches>
std::optional<key_id> key_names::probe(std::uint64_t hash, Matches matches) const {
  const auto mark = mark_of(hash);
  for (auto at = home(hash); slots_[at] != free_slot; at = (at + 1) & (slots_.size() - 1)) {
    const auto id = slots_[at] & most_keys;
    if ((slots_[at] & ~most_keys) == mark && hashes_[id] == hash && matches(id)) return id;
  }
  return std::nullopt;
}

std::optional<key_id> key_names::find(std::string_view key, std::uint64_t hash) const {
  return probe(hash, [&](key_id id) { return names_[id] == key; });
}

std::optional<key_id> key_names::find_hash(std::uint64_t hash) const {
  return probe(hash, [](key_id) { return true; });
}

key_id key_names::prefetch_hash(std::uint64_t hash) const noexcept {
  const auto mark = mark_of(hash);
  for (auto at = home(hash); slots_[at] != free_slot; at = (at + 1) & (slots_.size() - 1)) {
    if ((slots_[at] & ~most_keys) != mark) continue;
    const auto id = slots_[at] & most_keys;
    bring(&hashes_[id]);
    return id;
  }
  return no_key;
}

key_id key_names::add(std::string_view key, std::uint64_t hash) {
  assert(!full());
  const auto id = static_cast<key_id>(names_.size());
  names_.emplace_back(key);
  hashes_.push_back(hash);
  if (names_.size() * 4 > slots_.size() * 3)
    grow();
  else
    insert(id);
  return id;
}

void key_names::rename(key_id id, std::string_view key, std::uint64_t hash) {
  erase(id);
  names_[id] = key;
  hashes_[id] = hash;
  insert(id);
}

void key_names::insert(key_id id) {
  auto at = home(hashes_[id]);
  while (slots_[at] != free_slot) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = mark_of(hashes_[id]) | id;
}

// Closes the gap: what was pushed past it by linear probing moves back.
void key_names::erase(key_id id) {
  const auto mask = slots_.size() - 1;
  auto gap = home(hashes_[id]);
  while ((slots_[gap] & most_keys) != id) gap = (gap + 1) & mask;
  for (auto next = (gap + 1) & mask; slots_[next] != free_slot; next = (next + 1) & mask) {
    const auto wanted = home(hashes_[slots_[next] & most_keys]);
    if (((next - wanted) & mask) < ((next - gap) & mask)) continue;
    slots_[gap] = slots_[next];
    gap = next;
  }
  slots_[gap] = free_slot;
}

void key_names::grow() {
  slots_.assign(slots_.size() * 2, free_slot);
  for (key_id id = 0; id < names_.size(); ++id) insert(id);
}

std::optional<numbered_key> parse_numbered_key(std::string_view key) {
  if (key.size() > key_names::longest_numbered_key) return std::nullopt;
  auto begin = key.size();
  while (begin > 0 && is_digit(key[begin - 1])) --begin;
  const auto digits = key.substr(begin);
  if (digits.empty() || digits.size() > most_digits || (digits.size() > 1 && digits[0] == '0'))
    return std::nullopt;
  std::int64_t number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return numbered_key{key.substr(0, begin), number};
}

}  // namespace stoker
