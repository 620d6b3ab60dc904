// Watches how warm the caches are: samples their counters, notices when one was emptied, and keeps the steady
// state of each in the history, so that it is known after a restart.
//
// Owned by the engine's actor and used in its thread alone.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "actors/engine/engine_parts.hpp"
#include "actors/engine/hit_windows.hpp"
#include "actors/engine/managed_cache.hpp"
#include "actors/engine/warm_gauge.hpp"
#include "actors/scheduling/cache_pulse.hpp"
#include "messages/actors.hpp"

namespace stoker {

class warm_watch {
 public:
  void attach(engine_actor::pointer self, const engine_parts& parts);
  // Begins to watch a cache; what the history knows of it comes later.
  void add(const std::shared_ptr<managed_cache>& cache);
  // Looks at every cache, and writes what it finds into the cache's own figures.
  void look();
  // Hands records that changed to the historian.
  void save();

 private:
  struct watched {
    std::shared_ptr<managed_cache> cache;
    hit_windows windows;
    warm_gauge gauge;
    double saved = -1;
  };

  void sample(watched& each);
  void restore(const std::string& cache);

  engine_actor::pointer self_ = nullptr;
  engine_parts parts_;
  emptied_watch emptied_;
  std::map<std::string, watched> caches_;
  time_point next_save_{};
};

}  // namespace stoker
