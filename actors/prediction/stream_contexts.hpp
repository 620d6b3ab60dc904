// What happened lately in each stream of accesses: the sources that the key demanded now is linked to.
//
// A stream is what an access belongs to: a subject, a session, a connection, a thread; 0 when nothing is
// known. Mixed streams scramble each other's order, so each has a context of its own. A would-miss is a
// demand that missed, or that only a prefetch made a hit: filtered by the cache, a few of them reach back
// hundreds of requests, and since first uses count, success does not starve the model. A source teaches what
// could still have been prefetched in time, so accesses become sources only when they are as old as the
// delay: until then they wait in one line for all streams. Bounds: a fixed number of contexts (a stream whose
// place is taken loses its context, no more), and a longest delay. Ownership: owns everything. Threads: none
// of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/prediction/key_names.hpp"

namespace stoker::learning {

struct past_demand {
  key_id key = no_key;
  std::uint32_t at = 0;  // clock of the predictor
};

struct stream_context {
  // 4 lose 0.3 points, 16 fill the lists with chance.
  static constexpr std::uint32_t depth = 8;

  std::uint64_t stream = 0;
  std::array<past_demand, depth> would_misses{};  // a ring of the ripe ones
  std::uint32_t would_miss_count = 0;
  past_demand latest;        // the latest ripe access of any kind
  key_id previous = no_key;  // the latest access, ripe or not
  float coverage = 0;        // share of the latest would-misses that had been candidates

  // Calls visit(past_demand, how many back) for the ripe would-misses, newest first.
  template <class Visit>
  void each_would_miss(Visit visit) const {
    const auto count = would_miss_count < depth ? would_miss_count : depth;
    for (std::uint32_t back = 1; back <= count; ++back)
      visit(would_misses[(would_miss_count - back) % depth], back);
  }
};

class stream_contexts {
 public:
  static constexpr std::size_t contexts = 512;
  static constexpr std::uint32_t longest_delay = 4095;

  stream_contexts();

  // The context of the stream, fresh when it has none. Valid until the next call.
  stream_context& of(std::uint64_t stream);
  // Accesses at least `delay` old become sources. REQUIRES: before note() at the same clock.
  void ripen(std::uint32_t now, std::uint32_t delay);
  // An access at clock `now`: the last call of its clock.
  void note(std::uint64_t stream, key_id key, bool would_miss, std::uint32_t now, std::uint32_t delay);
  std::size_t memory_bytes() const noexcept;

 private:
  struct waiting_access {
    std::uint64_t stream = 0;
    key_id key = no_key;
    std::uint32_t at = 0;
    bool would_miss = false;
  };

  std::vector<stream_context> table_;    // by hash; grows to `contexts` when a second stream shows up
  std::vector<waiting_access> waiting_;  // a ring, grows as the delay asks; a power of two
  std::uint32_t first_waiting_ = 0;
  std::uint32_t end_waiting_ = 0;
};

}  // namespace stoker::learning
