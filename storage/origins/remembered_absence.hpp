// Remembers for a short time that the origin has no such key, so that a key that is asked for again and again
// and does not exist costs the origin one load in that time.
//
// Only the origin's own word is remembered: `absent`, and no failure. forget() takes it back, and an answer
// that was under way meanwhile is not remembered: after a live set or an invalidation the next load asks the
// origin. Bounded: at `capacity` keys the ones that were noted first go.
//
// Ownership: shares the origin. Threads: any; keys are spread over shards with a lock each. Time: comes from
// `now`.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "messages/time.hpp"
#include "storage/origins/origin.hpp"

namespace stoker {

struct absence_config {
  duration ttl = std::chrono::seconds{1};
  std::size_t capacity = 16'384;     // keys
  std::size_t max_key_bytes = 1024;  // longer ones are not remembered: capacity bounds memory, too
};

struct absence_stats {
  std::uint64_t answered = 0;  // loads that the memory spared the origin
  std::uint64_t noted = 0;     // absences that the origin told of
  std::uint64_t keys = 0;      // remembered now, some of them past their time
};

class remembered_absence final : public origin {
 public:
  // REQUIRES: the origin is not null, `now` is a function, and ttl and capacity are positive.
  remembered_absence(std::shared_ptr<origin> source, absence_config config, clock_function now);

  load_result load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;

  // The key may exist from now on.
  void forget(std::string_view key);
  void forget_all();
  absence_stats stats() const;

 private:
  static constexpr std::size_t shard_count = 16;  // forget() in one spoils what is under way in it alone

  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const noexcept;
  };
  struct shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, time_point, hash, std::equal_to<>> until;
    std::deque<std::string> order;  // as noted; may name keys that were forgotten or noted anew
    std::uint64_t generation = 0;   // counts what was forgotten
    std::uint64_t answered = 0;
    std::uint64_t noted = 0;
  };

  shard& shard_of(std::string_view key);
  bool is_absent(shard& where, std::string_view key, std::uint64_t& generation);
  void note(shard& where, std::string_view key, std::uint64_t generation);

  const std::shared_ptr<origin> source_;
  const absence_config config_;
  const clock_function now_;
  std::array<shard, shard_count> shards_;
};

}  // namespace stoker
