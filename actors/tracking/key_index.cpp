#include "actors/tracking/key_index.hpp"

#include <cassert>
#include <memory>

namespace stoker {

namespace {

constexpr std::size_t first_buckets = 16;
constexpr std::size_t fill_percent = 84;  // beyond it, buckets overflow so often that a lookup touches two

}  // namespace

std::uint32_t key_index::guess(std::uint64_t hash) const noexcept {
  const bucket& here = buckets_[home(hash)];
  const std::uint32_t mask = matching(here, tag_of(hash));
  return mask ? here.slots[static_cast<std::uint32_t>(__builtin_ctz(mask))] : no_slot;
}

bool key_index::insert(std::uint64_t hash, std::uint32_t slot) {
  if (size_ == capacity_) return false;
  std::size_t at = home(hash);
  std::uint32_t free = 0;
  while ((free = matching(buckets_[at], 0)) == 0) {
    auto& passed_over = buckets_[at].passed_over;
    if (passed_over < 255) ++passed_over;
    at = after(at);
  }
  const auto way = static_cast<std::uint32_t>(__builtin_ctz(free));
  buckets_[at].tags[way] = tag_of(hash);
  buckets_[at].slots[way] = slot;
  ++size_;
  return true;
}

void key_index::erase(std::uint64_t hash, std::uint32_t slot) {
  for (std::size_t at = home(hash);; at = after(at)) {
    bucket& here = buckets_[at];
    for (std::uint32_t mask = matching(here, tag_of(hash)); mask != 0; mask &= mask - 1) {
      const auto way = static_cast<std::uint32_t>(__builtin_ctz(mask));
      if (here.slots[way] != slot) continue;
      here.tags[way] = 0;
      --size_;
      return;
    }
    assert(here.passed_over > 0);
    if (here.passed_over < 255) --here.passed_over;
  }
}

void key_index::grow() {
  reset(bucket_count_ + bucket_count_ / 2);
}

void key_index::clear() {
  reset(first_buckets);
}

void key_index::reset(std::size_t buckets) {
  memory_ = allocate_huge(buckets * sizeof(bucket));
  buckets_ = static_cast<bucket*>(memory_.get());
  std::uninitialized_value_construct_n(buckets_, buckets);
  bucket_count_ = buckets;
  size_ = 0;
  capacity_ = buckets * ways * fill_percent / 100;
}

}  // namespace stoker
