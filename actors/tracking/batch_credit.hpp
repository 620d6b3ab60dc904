// How many batches one peer may hold unanswered: mailboxes have no bound of their own.
//
// A peer that lets an answer time out is stalled: nothing more is sent to it but one probe at a time.
// Mailboxes are queues, so an answered probe proves that every batch before it was taken in. A peer that was
// replaced by another actor starts anew. Threads: one.
#pragma once

#include <cstdint>

namespace stoker {

class batch_credit {
 public:
  explicit batch_credit(std::uint32_t limit) : limit_(limit) {}

  bool available() const noexcept { return !stalled_ && in_flight_ < limit_; }
  bool stalled() const noexcept { return stalled_; }
  std::uint32_t in_flight() const noexcept { return in_flight_; }

  // A batch is on its way; returns the epoch that its answer has to name.
  std::uint64_t sent() noexcept {
    ++in_flight_;
    return epoch_;
  }
  void answered(std::uint64_t epoch) noexcept {
    if (epoch == epoch_ && in_flight_ > 0) --in_flight_;
  }
  // An answer did not come in time. True: the peer has only now become stalled, so probe it.
  bool timed_out(std::uint64_t epoch) noexcept {
    if (epoch != epoch_ || stalled_) return false;
    stalled_ = true;
    return true;
  }
  std::uint64_t epoch() const noexcept { return epoch_; }
  // A probe was answered, or another actor took the peer's place: nothing is in flight any more.
  void renew() noexcept {
    ++epoch_;
    in_flight_ = 0;
    stalled_ = false;
  }

 private:
  std::uint32_t limit_;
  std::uint64_t epoch_ = 0;
  std::uint32_t in_flight_ = 0;
  bool stalled_ = false;
};

}  // namespace stoker
