// Status: the state of the whole engine in one answer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/history.hpp"
#include "messages/loading.hpp"
#include "messages/memory.hpp"
#include "messages/outside.hpp"
#include "messages/prefetching.hpp"
#include "messages/scheduling.hpp"
#include "messages/snapshot.hpp"
#include "messages/statistics.hpp"
#include "messages/warming.hpp"

namespace stoker {

// Asks any actor how it is.
struct status_request {};

// An actor's message to itself: `generation` tells a current tick from one that was overtaken, for delayed
// messages can't be taken back.
struct tick {
  std::uint64_t generation = 0;
};

// Tells an actor to pass on what it holds: a collector drains the recorders, a tracker hands its changes to
// history.
struct flush_request {};

// Confirms a flush: everything that came before it has been passed on.
struct flushed {
  bool complete = true;  // false: some of it was lost or is still waiting; the sender's status says what
};

// A cache was added to the registry; its actors are to be started.
struct cache_added {
  std::string cache{};
};

enum class actor_condition : std::uint8_t { running, restarting, stopped };

const char* to_string(actor_condition condition) noexcept;

// One supervised actor.
struct actor_status {
  std::string name{};  // role and, where there are several, whose: "warmer pages"
  actor_condition condition = actor_condition::running;
  std::uint32_t restarts = 0;
  std::string last_failure{};  // why it died last
  time_point next_restart{};   // of an actor that waits for its restart
  std::int64_t mailbox = -1;   // messages that wait for it, as it told; negative: it did not
};

struct cache_status {
  std::string cache{};
  std::string eviction{};
  std::uint64_t hits = 0;  // user lookups only
  std::uint64_t misses = 0;
  double recent_hit_ratio = 0;  // of the last whole window; negative: none yet
  std::uint64_t first_uses = 0;
  std::uint64_t prefetches = 0;
  std::uint64_t prefetched_wasted = 0;
  std::uint64_t evictions = 0;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t capacity_bytes = 0;
  std::uint64_t demand_loads = 0;
  std::uint64_t demand_failures = 0;
  std::uint64_t recorded = 0;          // accesses
  std::uint64_t dropped_accesses = 0;  // lost for want of room in the recorder
  std::uint64_t expirations = 0;
  // Warm: its hit ratio is that of its recorded steady state (design: warm).
  bool warm = false;
  double steady_hit_ratio = -1;      // negative: none is recorded
  double warmness = -1;              // recent hit ratio / the steady one, at most 1; negative: not known
  duration time_to_warm{-1};         // since the engine started, or the cache was emptied; negative: not yet
  std::uint64_t absent_answers = 0;  // loads that were spared: the origin had no such key a moment before
};

struct collector_status {
  std::string cache{};
  std::uint64_t batches = 0;
  std::uint64_t accesses = 0;
  std::uint64_t dropped = 0;
  std::uint64_t late = 0;                 // arrived after their place in the order had been passed on
  std::uint64_t missed_by_predictor = 0;  // it was down, or had no room
  std::uint64_t missed_by_warmer = 0;
  std::uint64_t mailbox = 0;  // messages that wait for it
};

struct engine_status {
  bool started = false;  // background warming
  time_point at{};
  std::vector<actor_status> actors{};
  std::vector<cache_status> caches{};
  std::vector<warmer_status> warmers{};
  std::vector<predictor_status> predictors{};
  std::vector<origin_status> origins{};
  scheduler_status scheduler{};
  tracker_status tracker{};  // over all shards
  historian_status history{};
  memory_report memory{};
  arbiter_status arbiter{};
  std::vector<std::string> missing{};  // actors that did not answer in time
  std::vector<collector_status> collectors{};
  std::vector<outside_status> outside{};     // caches outside of the process, as they were found last
  std::vector<snapshot_status> snapshots{};  // of each cache
};

template <class Inspector>
auto inspect(Inspector& f, status_request&) {
  return f();
}

template <class Inspector>
auto inspect(Inspector& f, tick& x) {
  return f(x.generation);
}

template <class Inspector>
auto inspect(Inspector& f, flush_request&) {
  return f();
}

template <class Inspector>
auto inspect(Inspector& f, flushed& x) {
  return f(x.complete);
}

template <class Inspector>
auto inspect(Inspector& f, cache_added& x) {
  return f(x.cache);
}

template <class Inspector>
auto inspect(Inspector& f, actor_status& x) {
  return f(x.name, x.condition, x.restarts, x.last_failure, x.next_restart, x.mailbox);
}

template <class Inspector>
auto inspect(Inspector& f, cache_status& x) {
  return f(x.cache, x.eviction, x.hits, x.misses, x.recent_hit_ratio, x.first_uses, x.prefetches,
           x.prefetched_wasted, x.evictions, x.entries, x.bytes, x.capacity_bytes, x.demand_loads,
           x.demand_failures, x.recorded, x.dropped_accesses, x.expirations, x.warm, x.steady_hit_ratio,
           x.warmness, x.time_to_warm, x.absent_answers);
}

template <class Inspector>
auto inspect(Inspector& f, collector_status& x) {
  return f(x.cache, x.batches, x.accesses, x.dropped, x.late, x.missed_by_predictor, x.missed_by_warmer,
           x.mailbox);
}

template <class Inspector>
auto inspect(Inspector& f, engine_status& x) {
  return f(x.started, x.at, x.actors, x.caches, x.warmers, x.predictors, x.origins, x.scheduler, x.tracker,
           x.history, x.memory, x.arbiter, x.missing, x.collectors, x.outside, x.snapshots);
}

}  // namespace stoker
