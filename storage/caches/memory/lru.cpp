#include "storage/caches/memory/lru.hpp"

#include "storage/caches/memory/prefetch_share.hpp"

namespace stoker {

void lru::inserted(slot s, std::uint64_t, bool prefetched, float) {
  if (++clock_ == not_unused) ++clock_;
  if (!prefetched || !prefetched_first_to_go_) return lists_.push(recent, s);
  if (s >= unused_since_.size()) unused_since_.resize(std::size_t{s} + 1, not_unused);
  unused_since_[s] = clock_;
  lists_.push(unused, s);
}

void lru::demanded(slot s, bool) {
  if (s == lists_.newest(recent)) return;
  erased(s);
  lists_.push(recent, s);
}

void lru::erased(slot s) {
  const queue q = queue_of(s);
  lists_.remove(q, s);
  if (q == unused) unused_since_[s] = not_unused;
}

lru::slot lru::victim() {
  const bool from_unused = lists_.size(recent) == 0 || unused_goes_first();
  return lists_.oldest(from_unused ? unused : recent);
}

std::size_t lru::metadata_bytes() const {
  return heap_bytes(sizeof *this) + lists_.memory_bytes() + heap_bytes(unused_since_);
}

lru::queue lru::queue_of(slot s) const noexcept {
  return s < unused_since_.size() && unused_since_[s] != not_unused ? unused : recent;
}

bool lru::unused_goes_first() const {
  const std::size_t waiting = lists_.size(unused);
  if (waiting == 0) return false;
  const std::uint32_t age = clock_ - unused_since_[lists_.oldest(unused)];
  return prefetched_goes_first(waiting, waiting + lists_.size(recent), age);
}

}  // namespace stoker
