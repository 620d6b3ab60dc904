// The part of a configuration file that is about background warming: [warming], [[calendar]] and
// [[schedule]].
//
// worker.toml beside this file documents every key. Other parts of the file are others' business.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/configuration/environment.hpp"
#include "messages/scheduling.hpp"

namespace stoker::configuration {

struct schedule_settings {
  bool enabled = true;                                // false: nothing is started
  std::optional<std::uint32_t> rate_limit{};          // origin calls a minute; 0: no limit
  std::optional<std::uint64_t> memory_limit_bytes{};  // of all warming together; 0: by policy alone
  std::string node{};                                 // empty: chosen by the engine
  duration interval{};                                // of a schedule for each cache; 0: there is none
  bool adaptive = false;                              // it follows how often the cache is accessed
  bool patterns = true;                               // it warms by the cache's default strategy
  bool critical = true;                               // ... and critical tasks
  memory_policy policy = memory_policy::balanced;     // of schedules that name none
  load_limits busy{};
  std::vector<schedule_calendar> calendars{};
  std::vector<schedule_entry> schedules{};      // those that are switched off are not among them
  std::map<std::string, std::string> places{};  // file and line of each, by its id
};

class configuration_file;

// Throws stoker::error(invalid_argument), which names file, line and key, or the variable.
schedule_settings read_schedules(configuration_file& from);

// `path` is what errors call the text. Throws stoker::error(invalid_argument), which names file, line and
// key, or the variable.
schedule_settings read_schedules(std::string_view text, const std::string& path,
                                 const environment& variables);

// Throws stoker::error(invalid_argument) for a file that can't be read, too.
schedule_settings read_schedule_file(const std::string& path, const environment& variables);

}  // namespace stoker::configuration
