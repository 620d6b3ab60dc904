// The strategies of an engine: built in, and registered by the host for one cache or for all.
//
// Ownership: shared by the engine and its warmers; a strategy that was found stays valid for whoever holds
// it. Threads: any. Errors: thrown as stoker::error, with what is known and what to do.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "actors/warming/strategy.hpp"

namespace stoker {

class strategy_registry {
 public:
  static constexpr std::size_t max_strategies = 1024;  // more is a host that registers in a loop

  // With the built-in strategies, for every cache.
  strategy_registry();

  // Throws as validate() does, and errc::already_exists when the cache has one of that name, or every cache
  // has.
  void add(strategy added);

  // The cache's own, else one for every cache; null when there is none.
  std::shared_ptr<const strategy> find(const std::string& cache, const std::string& name) const;

  // Those a cache can use, by name; of all caches when `cache` is empty.
  std::vector<strategy_description> list(const std::string& cache = {}) const;
  std::vector<std::string> names(const std::string& cache) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const strategy>>
      strategies_;  // by name and cache
};

// A strategy that a run will ask, with what it will be given.
struct chosen_strategy {
  std::shared_ptr<const strategy> source;
  strategy_context context;
};

// What a request asks for; `defaults` when it names none; `ttl` is the cache's own. Throws
// errc::no_such_strategy, listing those there are, and errc::invalid_argument for parameters that none of
// them has or that do not parse.
std::vector<chosen_strategy> choose_strategies(const strategy_registry& registry, const warm_request& request,
                                               const std::vector<std::string>& defaults,
                                               duration ttl = duration::zero());

}  // namespace stoker
