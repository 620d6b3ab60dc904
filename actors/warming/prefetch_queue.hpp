// What the predictor proposed and nobody loads yet: bounded, the likeliest first, each key once.
//
// A proposal is worth something for a moment only: one that waited too long is dropped, and when the queue is
// full the least likely one goes. Time comes in as an argument. Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "messages/prefetching.hpp"

namespace stoker {

struct prefetch_settings {
  std::uint32_t queue_capacity = 1024;
  std::uint32_t max_in_flight = 8;  // of one cache: prefetches come beside runs, and must not crowd them out
  duration longest_wait = std::chrono::milliseconds{500};  // in the queue
  duration load_timeout = std::chrono::seconds{2};         // of one load: a late prefetch is of no use
  duration outcome_interval =
      std::chrono::milliseconds{250};  // between two looks at what left the cache unused
};

// Throws stoker::error when a bound is 0 or a span is not positive.
void validate(const prefetch_settings& settings);

class prefetch_queue {
 public:
  explicit prefetch_queue(const prefetch_settings& settings) : settings_(settings) {}

  // Takes in what is neither queued nor under way; `dropped` gets the keys that found no room.
  void add(const std::vector<prefetch_item>& items, time_point now, std::vector<std::string>& dropped);
  // The likeliest, as many as may be under way; they are until landed(). `dropped` gets keys that waited too
  // long.
  std::vector<prefetch_item> take(time_point now, std::vector<std::string>& dropped);
  void landed(const std::string& key) { in_flight_.erase(key); }
  // From now on what waited for so long is dropped.
  void drop_after(duration wait) { settings_.longest_wait = wait; }
  // Everything that waits.
  std::vector<std::string> clear();

  std::size_t waiting() const noexcept { return by_key_.size(); }
  std::size_t in_flight() const noexcept { return in_flight_.size(); }

 private:
  struct entry {
    double probability = 0;
    std::uint64_t number = 0;  // of arrival: earlier goes first among equals
    std::string key;
    time_point arrived{};
  };
  struct better {
    bool operator()(const entry& a, const entry& b) const {
      return a.probability != b.probability ? a.probability > b.probability : a.number < b.number;
    }
  };
  using order = std::set<entry, better>;

  bool insert(const prefetch_item& item, time_point now, std::vector<std::string>& dropped);
  void remove(order::iterator place);

  prefetch_settings settings_;
  order waiting_;                                            // best first
  std::unordered_map<std::string, order::iterator> by_key_;  // INVARIANT: the keys of waiting_
  std::unordered_set<std::string> in_flight_;
  std::uint64_t next_number_ = 0;
};

}  // namespace stoker
