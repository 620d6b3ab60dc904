// The open questions of the learned eviction: entries judged at some moment, waiting to see when they are
// demanded.
//
// A ring of records in order of time, with a hash chain through them by key, so that a demand finds the
// records of its key and the oldest can expire. Bounded: when the ring is full, further questions are not
// asked. Invariant: a chain runs from younger to older records; it ends at the first that has left the ring,
// so nothing has to be unlinked. Sequence numbers wrap and are compared by distance.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "storage/caches/memory/learned_features.hpp"

namespace stoker {

class pending_lessons {
 public:
  // Room for `capacity` open questions, a power of two.
  explicit pending_lessons(std::uint32_t capacity) : ring_(capacity), chains_(capacity, 0) {}

  // Asks when `key` will be demanded after `now`; ignored when full.
  void ask(std::uint32_t key, std::uint32_t now, const reuse_features::cells& cells) {
    if (full()) return;
    if (begin_ == end_) oldest_asked_ = now;
    auto& chain = chain_of(key);
    at(end_) = {key, now, chain, cells, false};
    chain = end_++;
  }

  // `key` is demanded: answers its open questions with answer(cells, accesses waited).
  template <class Answer>
  void demanded(std::uint32_t key, std::uint32_t now, Answer answer) {
    for (auto i = chain_of(key); i - begin_ < end_ - begin_; i = at(i).older) {
      auto& r = at(i);
      if (r.key != key || r.answered) continue;
      r.answered = true;
      if (i == begin_) oldest_answered_ = true;
      answer(r.cells, now - r.asked);
    }
  }

  // Whether expire() has something to do: the one test that every access makes.
  bool oldest_is_over(std::uint32_t now, std::uint32_t horizon) const noexcept {
    return begin_ != end_ && (oldest_answered_ || now - oldest_asked_ > horizon);
  }

  // Closes what was asked more than `horizon` accesses ago: unanswered(cells) for what was never demanded.
  template <class Unanswered>
  void expire(std::uint32_t now, std::uint32_t horizon, Unanswered unanswered) {
    oldest_answered_ = false;
    for (; begin_ != end_; ++begin_) {
      const auto& r = at(begin_);
      oldest_asked_ = r.asked;
      if (r.answered) continue;
      if (now - r.asked <= horizon) return;
      unanswered(r.cells);
    }
  }

  // Doubles the room; open questions stay.
  void grow() {
    auto old = std::move(ring_);
    ring_.resize(old.size() * 2);
    chains_.assign(ring_.size(), begin_ - 1);
    for (auto i = begin_; i != end_; ++i) {
      auto& r = at(i) = old[i & (old.size() - 1)];
      r.older = chain_of(r.key);
      chain_of(r.key) = i;
    }
  }

  bool full() const noexcept { return end_ - begin_ == ring_.size(); }
  std::size_t capacity() const noexcept { return ring_.size(); }
  std::size_t memory_bytes() const noexcept {
    return ring_.capacity() * sizeof(record) + chains_.capacity() * sizeof(std::uint32_t);
  }

 private:
  struct record {
    std::uint32_t key = 0;
    std::uint32_t asked = 0;
    std::uint32_t older = 0;  // sequence number of the chain's next record
    reuse_features::cells cells{};
    bool answered = false;
  };

  record& at(std::uint32_t sequence) { return ring_[sequence & (ring_.size() - 1)]; }
  std::uint32_t& chain_of(std::uint32_t key) { return chains_[key & (chains_.size() - 1)]; }

  std::uint32_t begin_ = 1;         // sequence number of the oldest record in the ring
  std::uint32_t end_ = 1;           // sequence number of the next record
  std::uint32_t oldest_asked_ = 0;  // of the oldest record, when there is one
  bool oldest_answered_ = false;    // the same
  std::vector<record> ring_;
  std::vector<std::uint32_t> chains_;  // youngest record of each chain
};

}  // namespace stoker
