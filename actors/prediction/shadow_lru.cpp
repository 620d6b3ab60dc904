#include "actors/prediction/shadow_lru.hpp"

#include <algorithm>
#include <bit>

namespace stoker::learning {

namespace {

std::uint32_t mixed(std::uint32_t key) noexcept {
  return static_cast<std::uint32_t>((key * 0x9e3779b97f4a7c15U) >> 32);
}

}  // namespace

shadow_lru::shadow_lru(std::uint32_t entries)
    : capacity_(std::clamp(entries, 1U, most_entries)),
      threshold_(static_cast<std::uint32_t>(0xffffffffULL * capacity_ / std::max(entries, 1U))),
      index_(std::bit_ceil(std::size_t{capacity_} * 2), none) {
  nodes_.reserve(capacity_);
}

bool shadow_lru::samples(std::uint32_t key) const noexcept {
  return mixed(key ^ 0x5bd1e995U) <= threshold_;
}

bool shadow_lru::demand(std::uint32_t key) {
  const auto found = index_[find(key)];
  if (found != none) {
    if (found != newest_) {
      unlink(found);
      link_newest(found);
    }
    return true;
  }
  std::uint32_t n = oldest_;
  if (nodes_.size() < capacity_) {
    n = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  } else {
    unlink(n);
    erase_from_index(nodes_[n].key);
  }
  nodes_[n].key = key;
  index_[find(key)] = n;
  link_newest(n);
  return false;
}

std::size_t shadow_lru::home(std::uint32_t key) const noexcept {
  return mixed(key) & (index_.size() - 1);
}

// The place of the key in the index, or the free one where it belongs.
std::size_t shadow_lru::find(std::uint32_t key) const noexcept {
  auto at = home(key);
  while (index_[at] != none && nodes_[index_[at]].key != key) at = (at + 1) & (index_.size() - 1);
  return at;
}

// Closes the gap: what was pushed past it by linear probing moves back.
void shadow_lru::erase_from_index(std::uint32_t key) {
  const auto mask = index_.size() - 1;
  auto gap = find(key);
  for (auto next = (gap + 1) & mask; index_[next] != none; next = (next + 1) & mask) {
    if (((next - home(nodes_[index_[next]].key)) & mask) < ((next - gap) & mask)) continue;
    index_[gap] = index_[next];
    gap = next;
  }
  index_[gap] = none;
}

void shadow_lru::unlink(std::uint32_t n) {
  const auto& [key, newer, older] = nodes_[n];
  (newer == none ? newest_ : nodes_[newer].older) = older;
  (older == none ? oldest_ : nodes_[older].newer) = newer;
}

void shadow_lru::link_newest(std::uint32_t n) {
  nodes_[n].newer = none;
  nodes_[n].older = newest_;
  (newest_ == none ? oldest_ : nodes_[newest_].newer) = n;
  newest_ = n;
}

std::size_t shadow_lru::memory_bytes() const noexcept {
  return nodes_.capacity() * sizeof(node) + index_.capacity() * sizeof(std::uint32_t);
}

}  // namespace stoker::learning
