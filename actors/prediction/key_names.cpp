#include "actors/prediction/key_names.hpp"

#include <algorithm>
#include <cassert>

#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr std::size_t first_slots = 64;
constexpr std::size_t most_digits = 18;  // any such number fits into 64 bits, and so do its neighbours

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

key_names::key_names(std::uint32_t max_keys)
    : max_keys_(std::max(1U, max_keys)), slots_(first_slots, no_key) {}

std::size_t key_names::home(std::string_view key) const {
  return hash_key(key) & (slots_.size() - 1);
}

std::optional<key_id> key_names::find(std::string_view key) const {
  for (auto at = home(key); slots_[at] != no_key; at = (at + 1) & (slots_.size() - 1))
    if (names_[slots_[at]] == key) return slots_[at];
  return std::nullopt;
}

key_id key_names::add(std::string_view key) {
  assert(!full());
  const auto id = static_cast<key_id>(names_.size());
  names_.emplace_back(key);
  if (names_.size() * 8 > slots_.size() * 7)
    grow();
  else
    insert(id);
  return id;
}

void key_names::rename(key_id id, std::string_view key) {
  erase(id);
  names_[id] = key;
  insert(id);
}

void key_names::insert(key_id id) {
  auto at = home(names_[id]);
  while (slots_[at] != no_key) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = id;
}

// Closes the gap: what was pushed past it by linear probing moves back.
void key_names::erase(key_id id) {
  const auto mask = slots_.size() - 1;
  auto gap = home(names_[id]);
  while (slots_[gap] != id) gap = (gap + 1) & mask;
  for (auto next = (gap + 1) & mask; slots_[next] != no_key; next = (next + 1) & mask) {
    const auto wanted = home(names_[slots_[next]]);
    if (((next - wanted) & mask) < ((next - gap) & mask)) continue;
    slots_[gap] = slots_[next];
    gap = next;
  }
  slots_[gap] = no_key;
}

void key_names::grow() {
  slots_.assign(slots_.size() * 2, no_key);
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
