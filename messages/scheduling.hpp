// Scheduling: which runs recur, and when each is due.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"
#include "messages/warming.hpp"

namespace stoker {

struct schedule_entry {
  std::string id;
  warm_request what;
  duration interval{};
};

// Starts background warming with these entries; replaces what was scheduled before.
struct start_schedule {
  std::vector<schedule_entry> entries;
};

// Stops background warming; a run in progress finishes.
struct stop_schedule {};

// Runs every entry once now, whether the schedule is started or not.
struct run_schedule_now {};

struct schedule_state {
  std::string id;
  std::string cache;
  duration interval{};
  time_point last_run{};  // the epoch: never
  time_point next_run{};  // the epoch: not scheduled
  bool succeeded = false;
  std::string result;  // of the last run, in words
  std::uint64_t runs = 0;
  bool in_progress = false;
};

struct scheduler_status {
  bool running = false;
  std::uint64_t cycles = 0;
  std::vector<schedule_state> schedules;
};

template <class Inspector>
auto inspect(Inspector& f, schedule_entry& x) {
  return f(x.id, x.what, x.interval);
}

template <class Inspector>
auto inspect(Inspector& f, start_schedule& x) {
  return f(x.entries);
}

template <class Inspector>
auto inspect(Inspector& f, stop_schedule&) {
  return f();
}

template <class Inspector>
auto inspect(Inspector& f, run_schedule_now&) {
  return f();
}

template <class Inspector>
auto inspect(Inspector& f, schedule_state& x) {
  return f(x.id, x.cache, x.interval, x.last_run, x.next_run, x.succeeded, x.result, x.runs, x.in_progress);
}

template <class Inspector>
auto inspect(Inspector& f, scheduler_status& x) {
  return f(x.running, x.cycles, x.schedules);
}

}  // namespace stoker
