// Recorded sequences that are being replayed: what came next the last time.
//
// After temporal streaming (Wenisch et al., "Temporal Streaming of Shared Memory", ISCA 2005): would-misses
// are logged in order, with each key's last position. When a key comes again, a stream starts there and reads
// ahead in the log: what stood as far ahead in time as a prefetch takes is a candidate, up to what would pay
// in time. What it has read it expects: a later would-miss that is expected confirms the stream, wherever its
// key was logged since. No confirmation is needed to start: the judge decides how much a young stream is
// worth. It knows every sequence that was seen but once, which lists of successors would pay dearly for.
// Bounds: the log's length (about the known keys, at most `longest`), 16 streams, 1,024 expectations (by key;
// one takes the place of another). Memory: 4 bytes an event, 4 a key, 12 KB. Ownership: owns everything.
// Threads: none of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/prediction/evidence.hpp"
#include "actors/prediction/growing_table.hpp"
#include "actors/prediction/key_names.hpp"
#include "messages/bring.hpp"

namespace stoker::learning {

class episode_log {
 public:
  static constexpr std::size_t longest = std::size_t{1} << 22;  // events

  struct candidate {
    key_id key = no_key;
    track_record record{};
  };

  // A would-miss of `key` at clock `now`: logs it, follows or starts a stream, and returns what that expects
  // from `delay` requests from now on, at most `reach` later, and was not returned before. The list is valid
  // until the next call.
  const std::vector<candidate>& demanded(key_id key, std::uint32_t now, std::uint32_t delay,
                                         std::uint32_t reach);
  // Start to bring what demanded(key) reads first, and what that names.
  void prefetch_position(key_id key) const noexcept {
    if (key < last_position_.size()) bring(&last_position_[key]);
  }
  void prefetch_event(key_id key) const noexcept {
    if (key < last_position_.size() && !log_.empty()) bring(&at(last_position_[key]));
  }
  // The number means another key from now on.
  void forget(key_id key);

  // The events, oldest first: the number of the key, the coded gap before it in bits 24 to 31.
  std::vector<std::uint32_t> save() const;
  // REQUIRES: nothing logged yet. `now`: clock of the predictor.
  void restore(const std::vector<std::uint32_t>& events, std::uint32_t now);

  std::size_t memory_bytes() const noexcept;

 private:
  // `gap`: requests since the event before, coded (see gap_of).
  struct event {
    std::uint32_t key : 24 = 0;
    std::uint32_t gap : 8 = 0;
  };
  static_assert(sizeof(event) == 4);

  struct stream {
    std::uint64_t matched = 0;  // position of the latest event that came true
    std::uint64_t ahead = 0;    // position of the latest event looked at
    std::uint32_t lead = 0;     // requests from `matched` to `ahead`
    std::uint32_t history = 1;  // a start mark, then a bit for each event passed: did it come true?
    std::uint32_t hits = 0;
    std::uint32_t last_used = 0;  // clock
    bool active = false;
  };
  static constexpr std::size_t streams = 16;

  // A stream has read this key.
  struct expectation {
    key_id key = no_key;
    std::uint32_t position = 0;  // in the log, its low 32 bits
    std::uint32_t stream = 0;
  };
  static constexpr std::size_t expectations = 1024;

  bool logged(std::uint64_t position) const;
  const event& at(std::uint64_t position) const { return log_[position & (log_.size() - 1)]; }
  std::uint64_t full_position(std::uint32_t low) const;
  std::uint64_t last_position(key_id key) const;
  expectation& expected(key_id key) { return expected_[(key * 0x9e3779b1U >> 16) & (expectations - 1)]; }
  stream* follow(key_id key);
  void confirm(stream& s, std::uint64_t position);
  stream& start(std::uint64_t position);
  void look_ahead(stream& s, std::uint32_t delay, std::uint32_t reach);
  void append(event happened);
  void grow();

  std::vector<event> log_;                      // a ring, a power of two
  std::uint64_t end_ = 1;                       // position of the next event; 0 means: none
  std::uint32_t last_logged_ = 0;               // clock of the latest event
  growing_table<std::uint32_t> last_position_;  // by key; low 32 bits
  std::array<stream, streams> streams_{};
  std::vector<expectation> expected_ = std::vector<expectation>(expectations);
  std::vector<candidate> found_;
};

}  // namespace stoker::learning
