// What all feeds have in common: a feed listens to somebody else's accesses and records them, on a thread of
// its own, so that the application whose accesses they are pays nothing.
//
// Threads: start() and stop() from one thread at a time, everything else from any. Errors: what can't work is
// thrown by the constructor or by start() (stoker::error); what goes wrong later is counted, told by
// last_error(), and tried again. Ownership: a feed must be stopped, or destroyed, before the engine it
// records into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "messages/reported_access.hpp"

namespace stoker::feeds {

// INVARIANT: received = recorded + malformed + left_out + dropped, but for what is being worked on.
struct feed_counters {
  std::uint64_t received = 0;  // accesses, or lines that should be one
  std::uint64_t recorded = 0;
  std::uint64_t malformed = 0;
  std::uint64_t left_out = 0;    // by the feed's rules: no read, failed, too old, Stoker's own
  std::uint64_t dropped = 0;     // lost: no room here, or the server said that it skipped them
  std::uint64_t reconnects = 0;  // connections made after the first, or files opened anew
  std::uint64_t refused = 0;     // connections that were closed for what they sent, or for want of room
  std::uint64_t outages = 0;     // times that its source was not there, or went away
};

// Takes accesses from the front, and returns how many; fewer than all: there is no room at the moment.
// Usually cache_handle::record_all.
using access_sink = std::function<std::size_t(std::span<const reported_access>)>;

class feed {
 public:
  feed() = default;
  virtual ~feed() = default;
  feed(const feed&) = delete;
  feed& operator=(const feed&) = delete;

  virtual void start() = 0;
  virtual void stop() = 0;

  // Whether it can hear of accesses: it listens, its log is there, its server answered when it was asked
  // last.
  virtual bool connected() const = 0;
  // Who reports at the moment; 0 where the feed is the one that asks.
  virtual std::size_t clients() const { return 0; }
  virtual feed_counters counters() const = 0;
  // What went wrong last, for people; empty: nothing yet.
  virtual std::string last_error() const = 0;
};

}  // namespace stoker::feeds
