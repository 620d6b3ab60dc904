// When a tracker hands which changes to the historian.
//
// A pass takes all changed keys, in writes of bounded size, one unanswered at a time; a pass begins every
// interval, or when it is asked for. A write that failed is to be sent again as it was: its version tells the
// historian that it is the same. Versions come from the clock, so that they rise over restarts, too. Threads:
// one.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "actors/tracking/retry_backoff.hpp"
#include "actors/tracking/tracker_core.hpp"
#include "messages/history.hpp"
#include "messages/time.hpp"

namespace stoker {

class change_writer {
 public:
  enum class step : std::uint8_t { nothing, send, resend };

  change_writer(duration interval, std::size_t keys_per_write, retry_backoff retry)
      : interval_(interval), keys_per_write_(keys_per_write), retry_(retry) {}

  // What to do now. send: `write` is set and counts as unanswered; resend: so does the last one, unchanged.
  step next(time_point now, tracker_core& keys, history_write& write);
  // The unanswered write is durable.
  void acknowledged();
  // It is not, or nobody knows.
  void failed(time_point now);
  // What is still to be written of this cache is dropped.
  void forget(const std::string& cache);

  // Asks for a pass as soon as may be over all that has changed by now; returns the pass that will have
  // covered it.
  std::uint64_t request_pass() noexcept { return wanted_ = pass_ + 1; }
  std::uint64_t completed_passes() const noexcept { return completed_; }
  // Keys taken from the tracker and not yet durable.
  std::uint64_t unwritten() const noexcept;

 private:
  enum class state : std::uint8_t { idle, unanswered, failed };

  bool begin_pass(time_point now);
  bool take_writes(time_point now, tracker_core& keys);

  duration interval_;
  std::size_t keys_per_write_;
  retry_backoff retry_;
  state state_ = state::idle;
  bool abandoned_ = false;             // the write under way is not to be repeated
  std::string current_cache_;          // of the write under way
  std::uint64_t current_keys_ = 0;     // in it
  std::deque<history_write> waiting_;  // writes of this pass after it
  bool in_pass_ = false;
  std::uint32_t from_ = 0;  // where the pass stands in the table
  std::uint64_t pass_ = 0;  // begun
  std::uint64_t completed_ = 0;
  std::uint64_t wanted_ = 0;
  time_point due_{};  // of the next pass
  std::uint64_t version_ = 0;
};

}  // namespace stoker
