// What a cache outside of the process probably holds, for nobody tells what leaves it: everything that was
// demanded or prefetched, until its lifetime is over, or until as many others were used after it as the cache
// can hold (what an LRU would do).
//
// What is believed wrongly costs little: a key that is taken for absent is proposed, and found present; one
// that is taken for present is missed once, and believed absent until then. Pure; time comes in as an
// argument. An entry costs about 100 bytes, and there are at most `most_entries`. Threads: one.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

struct believed_departure {
  std::uint64_t hash = 0;
  bool used = false;  // demanded while it was there
};

struct believed_use {
  bool first = false;        // of a prefetch
  bool had_left = false;     // it was believed to be there, and was not
  bool left_unused = false;  // and nobody had used it before
};

class believed_content {
 public:
  static constexpr std::uint32_t most_entries = 1'000'000;

  // `lifetime` of what is filled; 0: no expiry.
  believed_content(std::uint32_t entries, duration lifetime);

  void holds(std::uint32_t entries);
  // A user found the key there, or not; it is there now.
  believed_use demanded(std::uint64_t hash, bool hit, time_point now);
  // A prefetch was filled.
  void arrived(std::uint64_t hash, time_point now);
  void cleared();

  // What left since the last call, but for what demanded() told.
  const std::vector<believed_departure>& take_departures(time_point now);
  std::size_t size() const noexcept { return known_.size(); }

 private:
  struct entry {
    time_point filled_at{};
    std::uint64_t use = 0;  // number of the latest one
    bool used = false;
  };
  struct place {
    std::uint64_t hash = 0;
    std::uint64_t use = 0;
  };
  struct filling {
    std::uint64_t hash = 0;
    time_point at{};
  };

  void touch(std::uint64_t hash, entry& known);
  void fill(std::uint64_t hash, entry& known, time_point now);
  void leave(std::uint64_t hash);
  void drop_expired(time_point now);
  void drop_least_recent();
  void compact();

  std::uint32_t entries_;
  duration lifetime_;
  absl::flat_hash_map<std::uint64_t, entry> known_;  // by hash of the key; looked up only
  std::deque<place> order_;  // of uses, oldest first; those that are not the latest of their key are stale
  std::deque<filling> fillings_;  // oldest first; stale likewise
  std::vector<believed_departure> left_;
  std::vector<believed_departure> told_;
  std::uint64_t latest_ = 0;
};

}  // namespace stoker
