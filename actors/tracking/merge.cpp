#include "actors/tracking/merge.hpp"

#include <algorithm>
#include <limits>

#include "actors/tracking/access_details.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr auto later = [](const auto& left, const auto& right) { return left.stamp > right.stamp; };

}  // namespace

bool access_merger::merge(const std::vector<std::shared_ptr<access_ring>>& rings, std::uint64_t horizon,
                          std::size_t max_records, access_batch& batch) {
  open_cursors(rings, horizon);
  while (!heap_.empty() && batch.records.size() < max_records) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    cursor& at = heap_.back();
    // One ring is read on until another one has something older: most neighbours come from one thread.
    const auto until = heap_.size() > 1 ? heap_.front().stamp : std::numeric_limits<std::uint64_t>::max();
    if (run(at, until, horizon, max_records, batch))
      std::push_heap(heap_.begin(), heap_.end(), later);
    else
      heap_.pop_back();
  }
  return heap_.empty();
}

void access_merger::open_cursors(const std::vector<std::shared_ptr<access_ring>>& rings,
                                 std::uint64_t horizon) {
  heap_.clear();
  for (const auto& ring : rings) {
    cursor at{ring.get(), ring->begin(), ring->end(), 0};
    if (settle(at, horizon)) heap_.push_back(at);
  }
  std::make_heap(heap_.begin(), heap_.end(), later);
}

// Looks at the next entry of a ring; false: there is none that may be passed on.
bool access_merger::settle(cursor& at, std::uint64_t horizon) const {
  at.position = at.ring->settle(at.position, at.end);
  if (at.position == at.end) return false;
  at.stamp = at.ring->stamp_at(at.position);
  return at.stamp <= horizon;
}

// Passes on entries of one ring up to the stamp `until`; false: this ring has nothing more for this merge.
bool access_merger::run(cursor& at, std::uint64_t until, std::uint64_t horizon, std::size_t max_records,
                        access_batch& batch) {
  bool more = true;
  while (more && at.stamp <= until && batch.records.size() < max_records) {
    std::uint64_t next = 0;
    append(at.ring->entry_at(at.position, next), batch);
    at.position = next;
    more = settle(at, horizon);
  }
  at.ring->consumed(at.position);
  return more;
}

void access_merger::append(const ring_entry& entry, access_batch& batch) {
  if (entry.stamp < last_stamp_) ++late_;
  last_stamp_ = std::max(last_stamp_, entry.stamp);
  ++passed_on_;

  access_record& record = batch.records.emplace_back();
  record.stamp = last_stamp_;
  record.hash = entry.hash ? entry.hash : hash_key(entry.key);
  record.stream = entry.stream;
  record.key_offset = static_cast<std::uint32_t>(batch.bytes.size());
  record.key_size = static_cast<std::uint32_t>(entry.key.size());
  record.bytes = entry.bytes;
  record.cost_us = entry.cost_us;
  record.outcome = entry.outcome;
  batch.bytes.append(entry.key);
  if (entry.note.empty()) return;

  access_note& note = batch.notes.emplace_back(decode_details(entry.note));
  note.record = static_cast<std::uint32_t>(batch.records.size() - 1);
}

}  // namespace stoker
