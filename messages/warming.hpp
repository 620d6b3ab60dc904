// Warming: candidates, the plan that selects among them, and the report of what a run came to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/memory.hpp"
#include "messages/proof.hpp"
#include "messages/tally.hpp"
#include "messages/time.hpp"

namespace stoker {

// Priority classes (design: candidate).
inline constexpr std::int32_t critical_priority = 100;
inline constexpr std::int32_t important_priority = 50;
inline constexpr std::int32_t nice_to_have_priority = 10;

// A key that a strategy proposes.
struct candidate {
  std::string key{};
  std::string strategy{};     // who proposes it
  double probability = 0;     // of being demanded before it expires or would be evicted, 0..1
  std::uint32_t cost_us = 0;  // what a miss costs
  std::uint32_t bytes = 0;    // estimated size once cached; 0: unknown
  std::int32_t priority = nice_to_have_priority;
  duration ttl{};                           // 0: the cache's own
  std::vector<std::string> tags{};          // put on the entry
  std::vector<std::string> dependencies{};  // keys to be warmed before this one
  bool refresh = false;                     // replaces the entry that is there, unless it changes meanwhile
};

enum class left_out_reason : std::uint8_t {
  none,
  fresh,        // in the cache already
  over_budget,  // the memory budget is spent on better candidates
  over_limit,   // beyond the number of items asked for
  below_floor,  // too unlikely to be used
  held_out,     // in the control group
  key_rule,     // excluded by a rule on keys
  duplicate,    // proposed by several strategies; kept once
  throttled,    // its strategies were measured, and bring nothing: all but a trickle is left out
  low_class,    // below the priorities that the policy warms
  too_deep,     // depends on more levels than the run follows
};

const char* to_string(left_out_reason reason) noexcept;

struct planned_phase {
  std::int32_t priority = 0;  // highest of its items
  std::uint32_t level = 0;    // depth of dependency: 0 depends on nothing in the plan
  std::vector<candidate> items{};
};

struct left_out_candidate {
  candidate item;
  left_out_reason reason = left_out_reason::none;
};

struct warm_plan {
  std::string cache{};
  time_point made_at{};
  std::vector<planned_phase> phases{};  // in order of execution
  std::vector<left_out_candidate> left_out{};
  std::uint64_t budget_bytes = 0;
  std::uint64_t planned_bytes = 0;
  std::uint64_t selected = 0;
  std::uint64_t origin_calls = 0;  // that a run of it would make, retries not included
  duration expected_time{};        // that they would take, by what loads of these keys cost before
};

struct strategy_parameter_value {
  std::string name{};
  std::string text{};  // parsed by the strategy's own declaration
};

// Asks for a run. `plan_request` carries the same and runs nothing.
struct warm_request {
  std::string cache{};
  std::vector<std::string> strategies{};  // empty: the cache's default
  std::vector<strategy_parameter_value> parameters{};
  std::uint32_t limit = 0;  // items at most; 0: no limit but the budget
  memory_policy policy = memory_policy::balanced;
  std::uint64_t budget_bytes = 0;  // explicit budget; 0: by policy
  duration deadline{};             // of the whole run; 0: the warmer's default
  std::string reason{};            // why: "user", "schedule <id>", "start", ...
  time_point now{};
  bool beside = false;  // does not wait for the cache's run that is under way: for a few keys that are urgent
};

struct plan_request {
  warm_request what;
};

struct warm_progress {
  std::uint64_t run = 0;
  std::uint64_t done = 0;   // items with an outcome
  std::uint64_t total = 0;  // items selected
  std::uint32_t phase = 0;
  std::uint32_t phases = 0;
  std::uint64_t bytes = 0;  // put into the cache so far
  std::string cache{};      // empty: of several together, whose waves are the phases
};

// What one phase of a run came to.
struct phase_report {
  std::int32_t priority = 0;
  std::uint32_t level = 0;
  std::uint64_t items = 0;
  std::uint64_t warmed = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;
  duration took{};  // from its first load to its last
};

// An item whose load took long.
struct slow_load {
  std::string key{};
  duration took{};
};

enum class item_outcome : std::uint8_t { warmed, already_fresh, failed, dropped, cancelled };

const char* to_string(item_outcome outcome) noexcept;

// An item that did not become warm, with the reason in words.
struct item_problem {
  std::string key{};
  item_outcome outcome = item_outcome::failed;
  std::string reason{};
  bool from_origin = false;  // the reason is in the origin's own words, which may name the key
};

enum class run_outcome : std::uint8_t { completed, cancelled, stopped_by_pressure, deadline_passed, failed };

const char* to_string(run_outcome outcome) noexcept;

// What a run came to. INVARIANT: selected == warmed + already_fresh + failed + dropped + cancelled.
struct warm_report {
  std::uint64_t run = 0;
  std::string cache{};
  std::vector<std::string> strategies{};
  std::string reason{};
  run_outcome outcome = run_outcome::completed;
  std::string error{};  // of a run that failed as a whole
  time_point started_at{};
  duration took{};
  duration planning_took{};
  std::uint64_t candidates = 0;  // proposed
  std::uint64_t selected = 0;
  std::uint64_t warmed = 0;
  std::uint64_t already_fresh = 0;
  std::uint64_t failed = 0;
  std::uint64_t dropped = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t bytes = 0;
  std::uint64_t budget_bytes = 0;
  duration fastest_load{};
  duration slowest_load{};
  duration total_load{};                 // over all loads of the run
  double hit_ratio_before = 0;           // of the cache, over its recent window; negative: no traffic seen
  double predicted_uses = 0;             // sum of the probabilities of what was warmed
  std::vector<item_problem> problems{};  // the first ones, up to max_reported_problems
  std::vector<std::string> notes{};      // what strategies have to say: why one of them proposed nothing
  std::uint64_t fresh = 0;               // candidates that were there already when the plan was made

  duration gathering_took{};            // asking strategies, part of planning_took
  duration loading_took{};              // from the first phase to the last
  std::vector<phase_report> phases{};   // in order of execution
  std::vector<slow_load> slow_loads{};  // the slowest above slow_load_time, up to max_slow_loads
  std::vector<std::string> warnings{};  // what an operator should look at
  std::uint64_t loads = 0;              // origin calls spent, retries included
  std::uint64_t held_out = 0;           // candidates in the control group
  std::uint64_t resumed_at = 0;         // of a run that was interrupted: items settled before
  std::uint64_t rolled_back = 0;        // entries removed again, for nobody had used them
  // What came of it afterwards: as it stands when the report is asked for by its number.
  double hit_ratio_after = -1;  // over the window that follows the run; negative: that window is not over
  std::uint64_t used = 0;       // of the warmed: demanded before they left the cache
  std::uint64_t wasted = 0;     // left it unused, or were not demanded within the horizon

  bool reconciles() const { return selected == warmed + already_fresh + failed + dropped + cancelled; }
  // Each a fraction; negative while nothing is known.
  double accuracy() const;    // used / (used + wasted): of what was foreseen, how much came true
  double efficiency() const;  // used / (warmed + failed)
  duration average_load() const;
};

inline constexpr std::size_t max_reported_problems = 100;
inline constexpr std::size_t max_slow_loads = 20;
inline constexpr duration slow_load_time = std::chrono::milliseconds{100};  // above it a load counts as slow
inline constexpr double least_accuracy = 0.7;                               // below it a report warns
inline constexpr double good_efficiency = 0.8;
inline constexpr double excellent_efficiency = 0.9;

// "excellent", "good", "poor", or "unknown" while nothing is known.
const char* efficiency_grade(double efficiency) noexcept;

// Stops a run; what is in flight finishes or is dropped, and the report says so.
struct cancel_run {
  std::uint64_t run = 0;  // 0: whatever runs
};

// A source of candidates as `list` shows it.
struct strategy_parameter {
  std::string name{};
  std::string type{};  // "integer", "number", "text", "duration", "list", "flag"
  std::string default_text{};
  std::string description{};
};

struct strategy_description {
  std::string cache{};  // empty: every cache
  std::string name{};
  std::string description{};
  std::vector<strategy_parameter> parameters{};
  bool warms_by_itself = false;  // an action
};

struct strategy_run {
  std::string strategy{};
  time_point last_run{};
  bool succeeded = false;
  std::string error{};
  std::uint64_t warmed = 0;
  std::uint64_t runs = 0;
  strategy_proof proof{};
};

struct warmer_status {
  std::string cache{};
  std::uint64_t active_run = 0;  // 0: none
  warm_progress progress{};
  std::uint64_t runs = 0;
  std::vector<strategy_run> strategies{};
  std::uint64_t prefetches_requested = 0;
  std::uint64_t prefetches_stored = 0;
  std::uint64_t prefetches_dropped = 0;  // no room in the queue, no budget, or refused by the origin's limits
  std::uint64_t prefetches_failed = 0;
  std::uint64_t prefetches_in_flight = 0;
  std::uint64_t trials_open = 0;     // warmed and held-out candidates whose horizon is not over
  std::uint64_t trials_dropped = 0;  // not followed, for want of room
  std::uint64_t rollbacks = 0;
  std::uint64_t prefetches_queued = 0;
  std::vector<item_count> items{};  // of all runs since the warmer was started
  std::vector<run_count> ended{};   // the runs, likewise
  std::uint64_t warmed_bytes = 0;   // put into the cache by runs
  duration run_time{};              // of all runs together
  std::uint64_t mailbox = 0;        // messages that wait for it
};

template <class Inspector>
auto inspect(Inspector& f, candidate& x) {
  return f(x.key, x.strategy, x.probability, x.cost_us, x.bytes, x.priority, x.ttl, x.tags, x.dependencies,
           x.refresh);
}

template <class Inspector>
auto inspect(Inspector& f, planned_phase& x) {
  return f(x.priority, x.level, x.items);
}

template <class Inspector>
auto inspect(Inspector& f, left_out_candidate& x) {
  return f(x.item, x.reason);
}

template <class Inspector>
auto inspect(Inspector& f, warm_plan& x) {
  return f(x.cache, x.made_at, x.phases, x.left_out, x.budget_bytes, x.planned_bytes, x.selected,
           x.origin_calls, x.expected_time);
}

template <class Inspector>
auto inspect(Inspector& f, strategy_parameter_value& x) {
  return f(x.name, x.text);
}

template <class Inspector>
auto inspect(Inspector& f, warm_request& x) {
  return f(x.cache, x.strategies, x.parameters, x.limit, x.policy, x.budget_bytes, x.deadline, x.reason,
           x.now, x.beside);
}

template <class Inspector>
auto inspect(Inspector& f, plan_request& x) {
  return f(x.what);
}

template <class Inspector>
auto inspect(Inspector& f, warm_progress& x) {
  return f(x.run, x.done, x.total, x.phase, x.phases, x.bytes, x.cache);
}

template <class Inspector>
auto inspect(Inspector& f, item_problem& x) {
  return f(x.key, x.outcome, x.reason, x.from_origin);
}

template <class Inspector>
auto inspect(Inspector& f, phase_report& x) {
  return f(x.priority, x.level, x.items, x.warmed, x.failed, x.bytes, x.took);
}

template <class Inspector>
auto inspect(Inspector& f, slow_load& x) {
  return f(x.key, x.took);
}

template <class Inspector>
auto inspect(Inspector& f, warm_report& x) {
  return f(x.run, x.cache, x.strategies, x.reason, x.outcome, x.error, x.started_at, x.took, x.planning_took,
           x.candidates, x.selected, x.warmed, x.already_fresh, x.failed, x.dropped, x.cancelled, x.bytes,
           x.budget_bytes, x.fastest_load, x.slowest_load, x.total_load, x.hit_ratio_before, x.predicted_uses,
           x.problems, x.notes, x.fresh, x.gathering_took, x.loading_took, x.phases, x.slow_loads, x.warnings,
           x.loads, x.held_out, x.resumed_at, x.rolled_back, x.hit_ratio_after, x.used, x.wasted);
}

template <class Inspector>
auto inspect(Inspector& f, cancel_run& x) {
  return f(x.run);
}

template <class Inspector>
auto inspect(Inspector& f, strategy_parameter& x) {
  return f(x.name, x.type, x.default_text, x.description);
}

template <class Inspector>
auto inspect(Inspector& f, strategy_description& x) {
  return f(x.cache, x.name, x.description, x.parameters, x.warms_by_itself);
}

template <class Inspector>
auto inspect(Inspector& f, strategy_run& x) {
  return f(x.strategy, x.last_run, x.succeeded, x.error, x.warmed, x.runs, x.proof);
}

template <class Inspector>
auto inspect(Inspector& f, warmer_status& x) {
  return f(x.cache, x.active_run, x.progress, x.runs, x.strategies, x.prefetches_requested,
           x.prefetches_stored, x.prefetches_dropped, x.prefetches_failed, x.prefetches_in_flight,
           x.trials_open, x.trials_dropped, x.rollbacks, x.prefetches_queued, x.items, x.ended,
           x.warmed_bytes, x.run_time, x.mailbox);
}

}  // namespace stoker
