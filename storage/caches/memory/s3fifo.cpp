#include "storage/caches/memory/s3fifo.hpp"

#include <algorithm>

#include "storage/caches/memory/prefetch_share.hpp"

namespace stoker {

namespace {
constexpr std::uint8_t max_frequency = 3;        // two bits (algorithm 1)
constexpr std::uint8_t promote_at = 2;           // demands in the small queue that earn a place in main
constexpr std::size_t small_share_divisor = 10;  // small takes a tenth (section 4.1)
}  // namespace

void s3fifo::inserted(slot s, std::uint64_t key_hash, bool prefetched, float) {
  if (s >= nodes_.size()) nodes_.resize(std::size_t{s} + 1);
  // The middle of the hash: its low bits place the key in the shard's index, its top bits choose the shard.
  nodes_[s] = {static_cast<std::uint32_t>(key_hash >> 24), ++clock_, small, 0};
  if (prefetched)
    enter(s, unused);
  else
    admit(s);
}

void s3fifo::demanded(slot s, bool) {
  node& n = nodes_[s];
  if (n.where != unused) {
    if (n.frequency < max_frequency) ++n.frequency;
    return;
  }
  queues_.remove(unused, s);
  admit(s);
}

void s3fifo::erased(slot s) {
  const node& n = nodes_[s];
  queues_.remove(n.where, s);
  if (s == chosen_ && n.where == small) ghost_.push(n.fingerprint, main_share());
  chosen_ = no_slot;
}

s3fifo::slot s3fifo::victim() {
  const bool nothing_demanded = queues_.size(small) + queues_.size(main) == 0;
  if (nothing_demanded || unused_goes_first()) return chosen_ = queues_.oldest(unused);
  const bool main_is_full = queues_.size(main) > main_share();
  chosen_ = main_is_full ? no_slot : victim_of_small();
  if (chosen_ == no_slot) chosen_ = victim_of_main();
  return chosen_;
}

std::size_t s3fifo::metadata_bytes() const {
  return heap_bytes(sizeof *this) + queues_.memory_bytes() + heap_bytes(nodes_) + ghost_.memory_bytes();
}

void s3fifo::enter(slot s, queue where) {
  nodes_[s].where = where;
  nodes_[s].frequency = 0;
  queues_.push(where, s);
}

void s3fifo::admit(slot s) {
  enter(s, ghost_.remove(nodes_[s].fingerprint) ? main : small);
}

bool s3fifo::unused_goes_first() const {
  const std::size_t waiting = queues_.size(unused);
  if (waiting == 0) return false;
  const std::size_t residents = waiting + queues_.size(small) + queues_.size(main);
  return prefetched_goes_first(waiting, residents, clock_ - nodes_[queues_.oldest(unused)].inserted_at);
}

std::size_t s3fifo::main_share() const {
  const std::size_t demanded = queues_.size(small) + queues_.size(main);
  return demanded - demanded / small_share_divisor;
}

// The oldest of small that did not earn its promotion; none when all of them did.
s3fifo::slot s3fifo::victim_of_small() {
  while (queues_.size(small) > 0) {
    const slot s = queues_.oldest(small);
    if (nodes_[s].frequency < promote_at) return s;
    queues_.remove(small, s);
    enter(s, main);
  }
  return no_slot;
}

// REQUIRES: main is not empty. Ends: each step takes one from some entry's counter.
s3fifo::slot s3fifo::victim_of_main() {
  for (;;) {
    const slot s = queues_.oldest(main);
    if (nodes_[s].frequency == 0) return s;
    --nodes_[s].frequency;
    queues_.remove(main, s);
    queues_.push(main, s);
  }
}

}  // namespace stoker
