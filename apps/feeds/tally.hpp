// What a feed counts, and what it says of its troubles. Threads: any.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "apps/feeds/feed.hpp"

namespace stoker::feeds {

class tally {
 public:
  using counter = std::atomic<std::uint64_t>;

  counter received{0};
  counter recorded{0};
  counter malformed{0};
  counter left_out{0};
  counter dropped{0};
  counter reconnects{0};
  counter refused{0};
  counter outages{0};

  // Whether the feed's source is there, by who looked last: one thread at a time.
  void source(bool there) noexcept {
    if (!there && source_.load() != presence::away) ++outages;
    source_ = there ? presence::there : presence::away;
  }
  bool connected() const noexcept { return source_.load() == presence::there; }

  feed_counters counters() const {
    return {received, recorded, malformed, left_out, dropped, reconnects, refused, outages};
  }
  void error(std::string text) {
    std::lock_guard guard{mutex_};
    error_ = std::move(text);
  }
  std::string error() const {
    std::lock_guard guard{mutex_};
    return error_;
  }

 private:
  enum class presence : std::uint8_t { unknown, there, away };

  std::atomic<presence> source_{presence::unknown};
  mutable std::mutex mutex_;
  std::string error_;
};

}  // namespace stoker::feeds
