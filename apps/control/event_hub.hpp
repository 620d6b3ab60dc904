// Live events for whoever watches: one look at the engine a second while anybody does, and a queue for each.
//
// Bounded: so many watchers, and so many events that wait for each; who falls further behind is let go, and
// counted. Threads: any; the looking is done by a thread of the hub's that sleeps while nobody watches.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apps/control/event_feed.hpp"

namespace stoker::control {

inline constexpr std::size_t most_waiting_events = 256;  // about a minute of four caches

class event_hub;

// One watcher. Goes when it is destroyed.
class event_watch {
 public:
  event_watch(event_hub& hub, std::string cache) : hub_(hub), cache_(std::move(cache)) {}
  ~event_watch();
  event_watch(const event_watch&) = delete;
  event_watch& operator=(const event_watch&) = delete;

  struct taken {
    std::vector<live_event> events{};  // none: nothing happened for so long
    std::uint64_t dropped = 0;         // not 0: it was too slow, and this is the end
    bool over = false;                 // the hub has stopped
  };
  // Everything that waits, or what comes within `at_most`.
  taken take(duration at_most);

 private:
  friend class event_hub;

  event_hub& hub_;
  const std::string cache_;  // empty: of all
  // Guarded by the hub's mutex.
  std::deque<live_event> waiting_;
  std::uint64_t dropped_ = 0;
};

class event_hub {
 public:
  // `look` is asked once a second while anybody watches; what it throws is taken for: nothing to tell.
  event_hub(std::size_t most_watchers, std::function<std::vector<live_event>()> look);
  ~event_hub();
  event_hub(const event_hub&) = delete;
  event_hub& operator=(const event_hub&) = delete;

  // Null: there are as many as may be.
  std::unique_ptr<event_watch> watch(const std::string& cache);
  std::size_t watchers() const;
  std::uint64_t dropped() const;  // watchers that were let go for being slow
  // A watcher that the connection was too slow for.
  void count_dropped();

  // Hands events to all watchers now.
  void publish(const std::vector<live_event>& events);

  void stop();

 private:
  friend class event_watch;

  void work();
  void leave(event_watch& one);

  const std::size_t most_;
  const std::function<std::vector<live_event>()> look_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<event_watch*> watchers_;
  std::map<std::string, live_event> standing_;  // the last of each name
  std::uint64_t dropped_ = 0;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace stoker::control
