// Scheduling: what recurs, by which clock, calendar, event or habit, and what became of it.
//
// Seconds of a day count from local midnight in the schedule's time zone; dates are written as one number,
// yyyymmdd.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"
#include "messages/warming.hpp"

namespace stoker {

// What makes a schedule due.
enum class schedule_kind : std::uint8_t {
  interval,  // every `interval`
  adaptive,  // the same, and the interval follows how often the cache, or one key of it, is accessed
  times,     // at times of day
  event,     // when something happens
  peaks,     // ahead of the rises in load that earlier weeks had
};

enum class schedule_task : std::uint8_t {
  warm,
  save,      // everything learned goes to the history
  clean_up,  // what expired leaves the caches, and freed memory goes back to the system
  snapshot,  // the hot set of the request's cache, or of each, goes into a file
};

// Which cache a run is for.
enum class schedule_target : std::uint8_t {
  named,             // the request's
  lowest_hit_ratio,  // that which has the lowest recent hit ratio when the run begins
  slowest,           // that whose lookups cost its users most time
};

// From where the times of a day count.
enum class schedule_anchor : std::uint8_t { midnight, session_open, session_close };

enum class schedule_event : std::uint8_t {
  engine_started,
  cache_emptied,     // cleared, or its back end was restarted
  tags_invalidated,  // entries that carry one of the schedule's tags were invalidated
  ttl_nearly_out,    // entries expire within `within`
  pressure_eased,    // memory was high or critical, and is no more
};

const char* to_string(schedule_kind kind) noexcept;
const char* to_string(schedule_event event) noexcept;

struct short_day {
  std::int32_t date = 0;
  std::int32_t close_s = 0;
};

// On which days and hours something is open: an exchange, an office.
struct schedule_calendar {
  std::string name{};
  std::string time_zone{};               // IANA; empty: UTC
  std::vector<std::uint8_t> weekdays{};  // that are open, 1: Monday to 7: Sunday; empty: all
  std::vector<std::int32_t> holidays{};  // closed
  std::int32_t open_s = 0;               // the session; from 0 to 86400: the whole day
  std::int32_t close_s = 86'400;         // later than open_s
  std::vector<short_day> short_days{};   // close earlier
};

struct schedule_entry {
  std::string id{};
  warm_request what{};
  // interval: the period. adaptive: the one to start with. event: the shortest time between two runs.
  duration interval{};
  schedule_kind kind = schedule_kind::interval;
  schedule_task task = schedule_task::warm;
  schedule_target target = schedule_target::named;
  std::vector<std::int32_t> times_s{};  // times: within a day of the anchor, before (negative) or after it
  schedule_anchor anchor = schedule_anchor::midnight;
  std::string time_zone{};  // IANA; empty: the calendar's, or UTC
  std::string calendar{};   // its days alone count; empty: every day
  bool in_session = false;  // runs only while the calendar's session is open
  schedule_event event = schedule_event::engine_started;
  std::vector<std::string> tags{};  // tags_invalidated: empty: any
  duration within{};                // ttl_nearly_out
  std::string frequency_key{};      // adaptive: whose accesses count; empty: all of the cache's
  duration jitter{};                // runs are put off by up to this: the same for this node, cache and id
  bool considerate = true;          // waits while the machine is loaded
  std::vector<std::string> together{};  // instead of one cache: these, in one pass; {"*"}: all
};

// Starts background warming with these entries; replaces what was scheduled before.
struct start_schedule {
  std::vector<schedule_entry> entries{};
  std::vector<schedule_calendar> calendars{};  // that entries name
};

// Stops background warming. Runs in progress finish; the answer waits for them, but not longer than this.
struct stop_schedule {
  duration patience{};
};

// Runs an entry, or each of them, once now, whether the schedule is started or not, however loaded the
// machine is; runs of one cache come one after the other.
struct run_schedule_now {
  std::string id{};  // empty: all
};

// Fits the intervals to how often caches and keys are accessed.
struct optimize_schedules {
  bool apply = true;  // false: only tell what would change
};

struct schedule_change {
  std::string id{};
  std::string cache{};
  std::string key{};  // of a schedule for one key
  double accesses_per_minute = 0;
  duration before{};
  duration after{};
  bool applied = false;  // false when nothing was to change
};

struct schedule_changes {
  std::vector<schedule_change> changes{};  // a line each interval, also those that stay
};

// When a machine is too busy for warming to add to it.
struct load_limits {
  double stall_share = 0.6;    // of the time some task waited for a processor (PSI, 10 s); 0: not looked at
  double load_per_core = 2.5;  // one-minute load average; 0: not looked at
  duration longest_deferral = std::chrono::minutes{30};  // then a run is made all the same
};

// Something happened to a cache that schedules may wait for.
struct cache_event {
  std::string cache{};
  schedule_event event = schedule_event::cache_emptied;
  std::vector<std::string> tags{};
};

struct schedule_state {
  std::string id{};
  std::string cache{};
  duration interval{};
  time_point last_run{};  // the epoch: never
  time_point next_run{};  // the epoch: not known, or not scheduled
  bool succeeded = false;
  std::string result{};  // of the last run, in words
  std::uint64_t runs = 0;
  bool in_progress = false;

  schedule_kind kind = schedule_kind::interval;
  schedule_task task = schedule_task::warm;
  std::string why{};                // the next run is then, or waits
  std::uint64_t failures = 0;       // runs that failed, ever
  std::string last_error{};         // of the last of them
  duration took{};                  // the last run
  time_point last_due{};            // when the last run should have begun
  duration given_interval{};        // before it was fitted
  double accesses_per_minute = -1;  // that the interval was fitted to; negative: not measured yet
  std::uint64_t deferrals = 0;      // runs that waited for the machine to be less loaded
  std::uint64_t run = 0;            // number of the last run among its cache's; 0: not known
  double hit_ratio_before = -1;     // of the cache, over windows around the last run; negative: not known
  double hit_ratio_after = -1;
  double used_share = -1;  // of what the last run warmed and is decided; negative: nothing is
};

struct scheduler_status {
  bool running = false;
  std::uint64_t cycles = 0;  // runs of schedules, ever
  std::vector<schedule_state> schedules{};
  double machine_load = 0;    // 1: the limit above which runs are put off
  std::uint64_t mailbox = 0;  // messages that wait for it
};

template <class Inspector>
auto inspect(Inspector& f, short_day& x) {
  return f(x.date, x.close_s);
}

template <class Inspector>
auto inspect(Inspector& f, schedule_calendar& x) {
  return f(x.name, x.time_zone, x.weekdays, x.holidays, x.open_s, x.close_s, x.short_days);
}

template <class Inspector>
auto inspect(Inspector& f, schedule_entry& x) {
  return f(x.id, x.what, x.interval, x.kind, x.task, x.target, x.times_s, x.anchor, x.time_zone, x.calendar,
           x.in_session, x.event, x.tags, x.within, x.frequency_key, x.jitter, x.considerate, x.together);
}

template <class Inspector>
auto inspect(Inspector& f, start_schedule& x) {
  return f(x.entries, x.calendars);
}

template <class Inspector>
auto inspect(Inspector& f, stop_schedule& x) {
  return f(x.patience);
}

template <class Inspector>
auto inspect(Inspector& f, run_schedule_now& x) {
  return f(x.id);
}

template <class Inspector>
auto inspect(Inspector& f, optimize_schedules& x) {
  return f(x.apply);
}

template <class Inspector>
auto inspect(Inspector& f, schedule_change& x) {
  return f(x.id, x.cache, x.key, x.accesses_per_minute, x.before, x.after, x.applied);
}

template <class Inspector>
auto inspect(Inspector& f, schedule_changes& x) {
  return f(x.changes);
}

template <class Inspector>
auto inspect(Inspector& f, cache_event& x) {
  return f(x.cache, x.event, x.tags);
}

template <class Inspector>
auto inspect(Inspector& f, schedule_state& x) {
  return f(x.id, x.cache, x.interval, x.last_run, x.next_run, x.succeeded, x.result, x.runs, x.in_progress,
           x.kind, x.task, x.why, x.failures, x.last_error, x.took, x.last_due, x.given_interval,
           x.accesses_per_minute, x.deferrals, x.run, x.hit_ratio_before, x.hit_ratio_after, x.used_share);
}

template <class Inspector>
auto inspect(Inspector& f, scheduler_status& x) {
  return f(x.running, x.cycles, x.schedules, x.machine_load, x.mailbox);
}

}  // namespace stoker
