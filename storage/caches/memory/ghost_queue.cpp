#include "storage/caches/memory/ghost_queue.hpp"

namespace stoker {

bool ghost_queue::remove(std::uint32_t fingerprint) {
  const std::uint32_t node = find(fingerprint);
  if (node == hash_index::none) return false;
  forget(node);
  return true;
}

void ghost_queue::push(std::uint32_t fingerprint, std::size_t capacity) {
  remove(fingerprint);
  while (size() > 0 && size() >= capacity) forget(order_.oldest(0));
  if (capacity == 0) return;
  const std::uint32_t node = fresh_node();
  fingerprints_[node] = fingerprint;
  index_.insert(fingerprint, node);
  order_.push(0, node);
}

std::size_t ghost_queue::memory_bytes() const noexcept {
  return index_.memory_bytes() + order_.memory_bytes() + heap_bytes(fingerprints_) + heap_bytes(free_);
}

std::uint32_t ghost_queue::find(std::uint32_t fingerprint) const {
  // The tag is the whole fingerprint: nothing more to compare.
  return index_.find(fingerprint, [](std::uint32_t) { return true; });
}

void ghost_queue::forget(std::uint32_t node) {
  index_.erase(fingerprints_[node], node);
  order_.remove(0, node);
  free_.push_back(node);
}

std::uint32_t ghost_queue::fresh_node() {
  if (free_.empty()) {
    fingerprints_.push_back(0);
    return static_cast<std::uint32_t>(fingerprints_.size() - 1);
  }
  const std::uint32_t node = free_.back();
  free_.pop_back();
  return node;
}

}  // namespace stoker
