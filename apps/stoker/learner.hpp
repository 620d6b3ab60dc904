// Learns recorded accesses into a history as a live engine would: through its collector, tracker, predictor
// and historian, beside a cache of its own that says what a user would have met.
//
// The predictor observes: it proposes nothing and counts what its proposals would have come to. Nothing waits
// for a clock or another thread, so that the same traces teach the same. Kept is all of it or, when the
// process dies before finish(), nothing. Ownership: owns the history while it lives. Threads: none shared.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "messages/prediction.hpp"
#include "messages/time.hpp"
#include "storage/traces/trace.hpp"

namespace stoker::cli {

struct learner_config {
  std::string history_folder;
  std::string cache;
  std::uint64_t cache_entries = 0;  // of the cache beside it. REQUIRES: at least 1
  operating_point point = operating_point::balanced;
  bool opaque_keys = false;
  time_point now{};  // the wall clock at the start
};

struct learned {
  std::uint64_t accesses = 0;
  std::uint64_t hits = 0;            // of the cache beside it, without prefetching
  std::uint64_t shadow_hits = 0;     // misses that prefetching would have made hits
  std::uint64_t proposed = 0;        // prefetches that this would have taken
  double shadow_load = 0;            // origin load with prefetching; 0: nothing seen
  std::uint64_t keys = 0;            // of all that the history knows of the cache now
  std::uint64_t accesses_known = 0;  // likewise
  std::uint64_t model_keys = 0;      // that the predictor's model knows
  std::string history_detail;        // of a history that could not be read and was set aside; else empty

  double hit_ratio() const { return share(hits); }
  double shadow_hit_ratio() const { return share(hits + shadow_hits); }

 private:
  double share(std::uint64_t part) const {
    return accesses == 0 ? 0 : static_cast<double>(part) / static_cast<double>(accesses);
  }
};

class learner {
 public:
  // Throws stoker::error: the history is in use, or cannot be one.
  explicit learner(const learner_config& config);
  ~learner();
  learner(const learner&) = delete;
  learner& operator=(const learner&) = delete;

  // `step` is told now and then how many accesses are done. REQUIRES: the trace has times.
  void learn(const trace& recorded, const std::function<void(std::uint64_t)>& step = {});

  // Keeps everything in the history. Throws stoker::error when some of it could not be kept.
  learned finish();

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace stoker::cli
