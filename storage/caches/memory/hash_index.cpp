#include "storage/caches/memory/hash_index.hpp"

#include <cassert>

namespace stoker {

namespace {
constexpr std::size_t initial_buckets = 16;
}  // namespace

void hash_index::insert(std::uint32_t tag, std::uint32_t slot) {
  assert(slot != none);
  if ((size_ + 1) * 4 > buckets_.size() * 3) grow();
  place({tag, slot});
  ++size_;
}

void hash_index::erase(std::uint32_t tag, std::uint32_t slot) {
  std::size_t hole = tag & mask_;
  while (buckets_[hole].slot != slot) {
    assert(buckets_[hole].slot != none);
    hole = (hole + 1) & mask_;
  }
  // Whatever was pushed past the hole moves back into it, unless that would put it before its home.
  for (std::size_t i = (hole + 1) & mask_; buckets_[i].slot != none; i = (i + 1) & mask_) {
    const std::size_t from_home = (i - buckets_[i].tag) & mask_;
    const std::size_t from_hole = (i - hole) & mask_;
    if (from_home < from_hole) continue;
    buckets_[hole] = buckets_[i];
    hole = i;
  }
  buckets_[hole] = bucket{};
  --size_;
}

void hash_index::clear() {
  buckets_ = std::vector<bucket>(initial_buckets);
  mask_ = initial_buckets - 1;
  size_ = 0;
}

void hash_index::place(bucket b) {
  std::size_t i = b.tag & mask_;
  while (buckets_[i].slot != none) i = (i + 1) & mask_;
  buckets_[i] = b;
}

void hash_index::grow() {
  std::vector<bucket> old(buckets_.size() * 2);
  old.swap(buckets_);
  mask_ = buckets_.size() - 1;
  for (const bucket& b : old)
    if (b.slot != none) place(b);
}

}  // namespace stoker
