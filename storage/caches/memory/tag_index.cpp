#include "storage/caches/memory/tag_index.hpp"

#include "messages/key.hpp"

namespace stoker {

std::uint32_t tag_index::tag(slot s, const std::vector<std::string>& tags) {
  std::uint32_t handle = none;
  for (const std::string& name : tags) {
    const std::uint64_t hash = hash_key(name);
    const std::uint32_t head = head_of(hash);
    const std::uint32_t added = fresh({hash, s, none, none, handle});
    link_after(head, added);
    handle = added;
  }
  return handle;
}

void tag_index::untag(std::uint32_t handle) {
  while (handle != none) {
    const std::uint32_t sibling = nodes_[handle].sibling;
    const std::uint64_t hash = nodes_[handle].tag_hash;
    unlink(handle);
    release(handle);
    const std::uint32_t head = find(hash);
    if (nodes_[head].next == head) {
      heads_.erase(hash_index::tag_of(hash), head);
      release(head);
    }
    handle = sibling;
  }
}

tag_index::slot tag_index::any_tagged(std::uint64_t tag_hash) const {
  const std::uint32_t head = find(tag_hash);
  return head == none ? none : nodes_[nodes_[head].next].tagged;
}

std::size_t tag_index::memory_bytes() const noexcept {
  return heap_bytes(sizeof *this) + heads_.memory_bytes() + heap_bytes(nodes_);
}

std::uint32_t tag_index::find(std::uint64_t tag_hash) const {
  return heads_.find(hash_index::tag_of(tag_hash),
                     [&](std::uint32_t head) { return nodes_[head].tag_hash == tag_hash; });
}

std::uint32_t tag_index::head_of(std::uint64_t tag_hash) {
  const std::uint32_t known = find(tag_hash);
  if (known != none) return known;
  const std::uint32_t head = fresh({tag_hash, none, none, none, none});
  nodes_[head].next = nodes_[head].previous = head;
  heads_.insert(hash_index::tag_of(tag_hash), head);
  return head;
}

std::uint32_t tag_index::fresh(const node& content) {
  if (free_ == none) {
    nodes_.push_back(content);
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }
  const std::uint32_t n = free_;
  free_ = nodes_[n].sibling;
  nodes_[n] = content;
  return n;
}

void tag_index::link_after(std::uint32_t head, std::uint32_t added) {
  const std::uint32_t next = nodes_[head].next;
  nodes_[added].previous = head;
  nodes_[added].next = next;
  nodes_[head].next = added;
  nodes_[next].previous = added;
}

void tag_index::unlink(std::uint32_t n) {
  nodes_[nodes_[n].previous].next = nodes_[n].next;
  nodes_[nodes_[n].next].previous = nodes_[n].previous;
}

void tag_index::release(std::uint32_t n) {
  nodes_[n] = {};
  nodes_[n].sibling = free_;
  free_ = n;
}

}  // namespace stoker
