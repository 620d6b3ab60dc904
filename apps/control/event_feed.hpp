// What has happened between two looks at an engine, as events for whoever watches it. Pure: it remembers the
// look before, and is one thread's at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "apps/control/json.hpp"
#include "apps/control/readiness.hpp"
#include "messages/status.hpp"

namespace stoker::control {

struct live_event {
  std::string name{};     // "stats", "run", "memory", "schedules", "readiness"
  std::string cache{};    // empty: of the whole engine
  std::string data{};     // one line of JSON
  bool standing = false;  // tells a state: who comes later is told it first
};

class event_feed {
 public:
  // The report of the latest run of a cache that has ended; called when one has. May throw: the event then
  // has none.
  using ask_report = std::function<warm_report(const std::string& cache, std::uint64_t run)>;

  std::vector<live_event> look(const engine_status& status, const memory_events& memory,
                               const readiness& ready, const ask_report& report);

 private:
  struct counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t demand_loads = 0;
  };

  void add_stats(const engine_status& status, std::vector<live_event>& into);
  void add_runs(const engine_status& status, const ask_report& report, std::vector<live_event>& into);
  void add_memory(const memory_events& memory, std::vector<live_event>& into);
  void add_changed(const char* name, json state, std::vector<live_event>& into);

  bool first_ = true;
  time_point before_{};
  std::map<std::string, counts> counts_;
  std::map<std::string, std::uint64_t> active_;  // run that went on, by cache
  std::map<std::string, std::uint64_t> runs_;    // ended, by cache
  std::uint64_t memory_recorded_ = 0;
  std::map<std::string, std::string> states_;  // as last told, by the event's name
};

}  // namespace stoker::control
