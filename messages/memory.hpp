// Memory: what the monitor reads, the levels it publishes, and the leases the arbiter grants.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace stoker {

enum class pressure_level : std::uint8_t { low, moderate, high, critical };

// One reading of memory. Limits of 0 mean: none known.
struct memory_reading {
  std::uint64_t limit_bytes = 0;      // the tightest of cgroup limit and host memory
  std::uint64_t used_bytes = 0;       // against that limit, reclaimable page cache left out
  std::uint64_t available_bytes = 0;  // what could still be taken
  std::uint64_t process_bytes = 0;    // resident set of this process
  double stall_share = 0;             // PSI memory, "some" avg10, as a fraction
};

struct memory_report {
  time_point at{};
  pressure_level level = pressure_level::low;
  double used_share = 0;  // used / limit, 0 when no limit is known
  memory_reading reading;
  std::uint64_t mailbox = 0;  // messages that wait for the monitor
};

// The level changed.
struct pressure_event {
  pressure_level from = pressure_level::low;
  memory_report report;
};

// How much of the available memory warming may take (design: policy).
enum class memory_policy : std::uint8_t { aggressive, balanced, conservative, adaptive, priority };

// A warmer asks for bytes from the one shared budget.
struct lease_request {
  std::string holder;  // the cache
  std::uint64_t bytes = 0;
  memory_policy policy = memory_policy::balanced;
  std::uint64_t explicit_limit_bytes = 0;  // 0: none
};

// What was granted; 0 bytes: nothing, and `reason` says why.
struct lease {
  std::uint64_t id = 0;
  std::uint64_t bytes = 0;
  std::string reason;
};

struct lease_return {
  std::uint64_t id = 0;
  std::uint64_t used_bytes = 0;
  double benefit = -1;  // share of what was warmed lately that was used; negative: not known
};

struct arbiter_status {
  std::uint64_t budget_bytes = 0;
  std::uint64_t leased_bytes = 0;
  std::uint64_t leases = 0;
  std::uint64_t granted = 0;
  std::uint64_t refused = 0;
  pressure_level level = pressure_level::low;
  double adaptive_share = 0;  // what policy adaptive takes now, before the pressure factor
  std::uint64_t mailbox = 0;  // messages that wait for it
};

enum class memory_event_kind : std::uint8_t {
  level_changed,
  run_stopped,  // a run ended early, for pressure rose
  rolled_back,  // what a run had put in was removed again
  trimmed,      // freed memory went back to the system
};

const char* to_string(memory_event_kind kind) noexcept;

// Something that happened to memory, or was done for its sake.
struct memory_event {
  time_point at{};
  memory_event_kind kind = memory_event_kind::level_changed;
  pressure_level level = pressure_level::low;  // that held then
  std::string cache{};                         // empty: of the whole engine
  std::uint64_t bytes = 0;                     // freed or given back
  std::string detail{};
};

struct memory_events_request {};

struct memory_events {
  std::vector<memory_event> latest{};  // oldest first, at most max_memory_events
  std::uint64_t recorded = 0;          // ever
};

inline constexpr std::size_t max_memory_events = 256;

template <class Inspector>
auto inspect(Inspector& f, memory_reading& x) {
  return f(x.limit_bytes, x.used_bytes, x.available_bytes, x.process_bytes, x.stall_share);
}

template <class Inspector>
auto inspect(Inspector& f, memory_report& x) {
  return f(x.at, x.level, x.used_share, x.reading, x.mailbox);
}

template <class Inspector>
auto inspect(Inspector& f, pressure_event& x) {
  return f(x.from, x.report);
}

template <class Inspector>
auto inspect(Inspector& f, lease_request& x) {
  return f(x.holder, x.bytes, x.policy, x.explicit_limit_bytes);
}

template <class Inspector>
auto inspect(Inspector& f, lease& x) {
  return f(x.id, x.bytes, x.reason);
}

template <class Inspector>
auto inspect(Inspector& f, lease_return& x) {
  return f(x.id, x.used_bytes, x.benefit);
}

template <class Inspector>
auto inspect(Inspector& f, arbiter_status& x) {
  return f(x.budget_bytes, x.leased_bytes, x.leases, x.granted, x.refused, x.level, x.adaptive_share,
           x.mailbox);
}

template <class Inspector>
auto inspect(Inspector& f, memory_event& x) {
  return f(x.at, x.kind, x.level, x.cache, x.bytes, x.detail);
}

template <class Inspector>
auto inspect(Inspector& f, memory_events_request&) {
  return f();
}

template <class Inspector>
auto inspect(Inspector& f, memory_events& x) {
  return f(x.latest, x.recorded);
}

}  // namespace stoker
