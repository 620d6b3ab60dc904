// An engine as a configuration describes it: for the daemon, and for commands that do without one.
//
// Ownership: caches share the origins that they name. Threads: one at a time. Errors: stoker::error, which
// names the cache or origin.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "apps/changes/changed_files_strategy.hpp"
#include "apps/configuration/daemon_settings.hpp"
#include "stoker/engine.hpp"

namespace stoker::daemon {

// The origins of a configuration, each made when it is first asked for.
class origin_shelf {
 public:
  // Keeps a copy of the settings.
  explicit origin_shelf(std::vector<configuration::origin_settings> known);

  // Throws errc::invalid_argument when there is none of this name, and what making it throws.
  std::shared_ptr<origin> get(const std::string& name);
  // Adds what was not known by its name.
  void add(const std::vector<configuration::origin_settings>& more);

 private:
  std::vector<configuration::origin_settings> known_;
  std::set<std::string> under_way_;  // being made: who needs himself is a mistake
  std::map<std::string, std::shared_ptr<origin>> made_;
};

// With its source and its back end.
cache_config config_of(const configuration::cache_settings& cache, origin_shelf& origins);

// Throws for a cache that the engine would not take, or whose origin or back end can't be made.
void validate(const configuration::daemon_settings& settings);

// A cache with its source, its back end, and the strategy changed_files within that scope.
void add_cache(engine& to, const configuration::cache_settings& cache, origin_shelf& origins,
               const changes::changes_scope& scope);
// Adds every cache to the engine.
void add_caches(engine& to, const configuration::daemon_settings& settings, origin_shelf& origins,
                const changes::changes_scope& scope);

// What others may have a daemon read.
changes::changes_scope scope_of(const configuration::change_settings& changes);

// What start() is to begin.
start_options background_of(const configuration::schedule_settings& warming);
// Whether there is anything to begin, and it is not switched off.
bool warms_in_background(const configuration::schedule_settings& warming);

}  // namespace stoker::daemon
