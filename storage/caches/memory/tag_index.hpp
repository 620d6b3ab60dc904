// Which entries of a shard carry a tag: one node a (slot, tag) pair, in a ring a tag, so that invalidating a
// tag costs what is tagged and dropping an entry costs its own tags.
//
// A tag is known by the 64 bits of its hash. Two tags that share them are invalidated together, which loses
// entries but never keeps a stale one. Threads: under the shard's lock only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/caches/memory/hash_index.hpp"

namespace stoker {

class tag_index {
 public:
  using slot = std::uint32_t;
  static constexpr std::uint32_t none = 0xffffffff;

  // Tags the slot; returns the handle that untag() wants, none without tags.
  std::uint32_t tag(slot s, const std::vector<std::string>& tags);
  void untag(std::uint32_t handle);
  // Some slot that carries the tag, or none.
  slot any_tagged(std::uint64_t tag_hash) const;

  std::size_t memory_bytes() const noexcept;

 private:
  // A node is a (slot, tag) pair, or the head of a tag's ring (slot none), which keeps the tag's hash.
  struct node {
    std::uint64_t tag_hash = 0;
    slot tagged = none;
    std::uint32_t next = none;      // in the tag's ring
    std::uint32_t previous = none;  // in the tag's ring
    std::uint32_t sibling = none;   // the same slot's next tag; of a free node, the next free one
  };

  std::uint32_t find(std::uint64_t tag_hash) const;
  std::uint32_t head_of(std::uint64_t tag_hash);
  std::uint32_t fresh(const node& content);
  void link_after(std::uint32_t head, std::uint32_t added);
  void unlink(std::uint32_t n);
  void release(std::uint32_t n);

  hash_index heads_;  // tag hash -> head node
  std::vector<node> nodes_;
  std::uint32_t free_ = none;
};

}  // namespace stoker
