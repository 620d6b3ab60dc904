// Hands accesses on to where they are recorded, and waits a little where there is no room: a collector that
// is late by a moment should cost nothing, one that stands still must not hold up the feed for good.
//
// Threads: the feed's own.
#pragma once

#include <span>
#include <vector>

#include "apps/feeds/feed_thread.hpp"
#include "apps/feeds/tally.hpp"

namespace stoker::feeds {

class access_writer {
 public:
  // How long the accesses of one call wait for room; then they count as dropped. A collector drains each
  // millisecond while there is work.
  static constexpr duration short_wait = std::chrono::milliseconds{50};
  static constexpr duration between_tries = std::chrono::microseconds{300};

  // Of who has nobody waiting behind him, and loses nothing by waiting: until he is stopped.
  static constexpr duration endless = duration::max();

  access_writer(access_sink sink, tally& counts, duration patience)
      : sink_(std::move(sink)), counts_(counts), patience_(patience) {}

  // Returns how many were recorded.
  std::size_t write(std::span<const reported_access> accesses, const stop_signal& stop) {
    const auto recorded = sink_all(accesses, stop);
    counts_.recorded += recorded;
    counts_.dropped += accesses.size() - recorded;
    return recorded;
  }

 private:
  std::size_t sink_all(std::span<const reported_access> accesses, const stop_signal& stop) {
    std::size_t done = sink_(accesses);
    for (auto waited = duration::zero(); done < accesses.size() && waited < patience_;
         waited += between_tries) {
      if (stop.wait(between_tries)) break;
      done += sink_(accesses.subspan(done));
    }
    return done;
  }

  access_sink sink_;
  tally& counts_;
  const duration patience_;
};

}  // namespace stoker::feeds
