// Prefetching: the part of a warmer that loads what the predictor proposes, beside runs and in a small budget
// of its own, and tells the predictor what became of it.
//
// Threads: its warmer's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/warming/prefetch_queue.hpp"
#include "messages/directory.hpp"
#include "storage/caches/cache.hpp"

namespace stoker {

struct prefetching_config {
  std::string cache;
  std::string origin;
  std::shared_ptr<directory> peers;
  clock_function now;
  std::shared_ptr<stoker::cache> entries;                       // may be empty
  std::function<void(std::vector<std::string>&)> drain_wasted;  // may be empty
  prefetch_settings settings;
  std::function<bool(const std::string& key)> screen{};               // must not be loaded; may be empty
  std::function<void(const std::string& key, load_status)> landed{};  // a load came to its end; may be empty
};

class prefetching {
 public:
  prefetching(warmer_actor::pointer self, prefetching_config config);

  void request(const std::vector<prefetch_item>& items);
  // While halted, everything that is proposed is rejected, and so is what waits.
  void halt(bool halted);
  // Tells the predictor what it has not been told yet, and what left the cache unused.
  void report();
  // When report() is due; time_point::max(): not before something happens.
  time_point report_at() const noexcept { return report_at_; }

  void add_to(warmer_status& status) const;

 private:
  void pump();
  void load(const prefetch_item& item);
  void landed(const std::string& key, const load_receipt& receipt);
  void note_load_time(duration took);
  void tell(const std::string& key, prefetch_fate fate);
  void drop(const std::vector<std::string>& keys);
  void send_outcomes();

  warmer_actor::pointer self_;
  prefetching_config config_;
  prefetch_queue queue_;
  std::vector<prefetch_outcome> outcomes_;  // not told yet
  time_point report_at_ = time_point::max();
  duration usual_load_{};  // smoothed; 0: none measured yet
  bool halted_ = false;
  std::uint64_t requested_ = 0;
  std::uint64_t stored_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace stoker
