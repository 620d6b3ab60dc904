// Loading: what the warmer asks of an origin, and what the origin hands to its loaders.
//
// Values don't travel in messages: a loader puts what it loaded into the cache itself and reports what became
// of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/origin_limits.hpp"
#include "messages/time.hpp"

namespace stoker {

// One key to be loaded into a cache.
struct load_item {
  std::string key{};
  duration ttl{};  // 0: the cache's own
  std::vector<std::string> tags{};
  bool refresh = false;     // replaces the entry that is there, unless it changes meanwhile
  float probability = 0;    // of being demanded before it expires or would be evicted; 0: not known
  std::uint32_t bytes = 0;  // that its value is thought to have; 0: not known
};

// A batch of loads for one cache. `timeout` bounds each load, from the moment it starts.
struct load_request {
  std::string cache{};
  std::vector<load_item> items{};
  duration timeout{};
};

enum class load_status : std::uint8_t {
  stored,     // loaded and put into the cache
  present,    // the cache had it already: nothing was loaded
  fenced,     // a live set or delete overtook the load
  absent,     // the origin has no such key
  failed,     // may work when tried again
  throttled,  // the origin asked to slow down
  refused,    // will not work: too large, no such cache, refused by the origin
  timed_out,
  shed,  // never started: queue full, breaker open or no tokens before the deadline
};

struct load_receipt {
  std::string key{};
  load_status status = load_status::failed;
  std::uint32_t bytes = 0;
  duration took{};
  duration retry_after{};
  std::string error{};
};

// The answer to a load_request: one receipt an item, in the same order.
struct load_receipts {
  std::vector<load_receipt> receipts{};
};

// Loads that users' demand made, counted at the origin without queueing there.
struct origin_demand {
  std::uint64_t loads = 0;
  std::uint64_t failures = 0;   // those that were throttled included
  std::uint64_t bytes = 0;      // of the values that came
  std::uint64_t throttled = 0;  // the origin asked to slow down,
  duration retry_after{};       // the longest time that it asked for; 0: it named none
};

enum class breaker_state : std::uint8_t { closed, open, half_open };

const char* to_string(breaker_state state) noexcept;

struct origin_status {
  std::string origin{};
  breaker_state breaker = breaker_state::closed;
  std::uint64_t demand_loads = 0;
  std::uint64_t warming_loads = 0;
  std::uint64_t failures = 0;
  std::uint64_t shed = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t queued = 0;
  double tokens = 0;      // calls left now, negative while users' are being paid off; -1 without a limit
  duration mean_load{};   // smoothed
  double rate_per_s = 0;  // its limit of calls; 0: none
  std::uint64_t max_in_flight = 0;
  std::uint64_t queue_capacity = 0;
  time_point paused_until{};    // it asked to slow down; the past: it does not
  std::uint64_t throttled = 0;  // loads that it answered so, users' own included
  std::uint64_t mailbox = 0;    // messages that wait for it
  origin_limits limits{};       // as they were given
  double byte_tokens = 0;       // bytes left now, as `tokens`
  std::uint64_t demand_in_flight = 0;
  std::uint64_t demand_bytes = 0;
  std::uint64_t warming_bytes = 0;
};

template <class Inspector>
auto inspect(Inspector& f, load_item& x) {
  return f(x.key, x.ttl, x.tags, x.refresh, x.probability, x.bytes);
}

template <class Inspector>
auto inspect(Inspector& f, load_request& x) {
  return f(x.cache, x.items, x.timeout);
}

template <class Inspector>
auto inspect(Inspector& f, load_receipt& x) {
  return f(x.key, x.status, x.bytes, x.took, x.retry_after, x.error);
}

template <class Inspector>
auto inspect(Inspector& f, load_receipts& x) {
  return f(x.receipts);
}

template <class Inspector>
auto inspect(Inspector& f, origin_demand& x) {
  return f(x.loads, x.failures, x.bytes, x.throttled, x.retry_after);
}

template <class Inspector>
auto inspect(Inspector& f, origin_status& x) {
  return f(x.origin, x.breaker, x.demand_loads, x.warming_loads, x.failures, x.shed, x.in_flight, x.queued,
           x.tokens, x.mean_load, x.rate_per_s, x.max_in_flight, x.queue_capacity, x.paused_until,
           x.throttled, x.mailbox, x.limits, x.byte_tokens, x.demand_in_flight, x.demand_bytes,
           x.warming_bytes);
}

}  // namespace stoker
