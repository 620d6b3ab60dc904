// What the actors of one engine share, and what its supervisor starts them from.
//
// Ownership: held by the engine's face and by its actor; every part is safe from any thread.
#pragma once

#include <memory>

#include "actors/engine/cache_table.hpp"
#include "actors/warming/loader_pool.hpp"
#include "actors/warming/strategy_registry.hpp"
#include "messages/directory.hpp"
#include "stoker/engine.hpp"
#include "storage/history/open_history.hpp"

namespace stoker {

struct engine_parts {
  engine_config config;  // validated; `now` is set
  std::shared_ptr<directory> peers;
  std::shared_ptr<cache_table> caches;
  std::shared_ptr<strategy_registry> strategies;
  std::shared_ptr<loader_pool> loaders;
  opened_history history;
  bool detach_blocking_actors = true;  // tests keep them on the test's own scheduler
};

// Throws stoker::error, which names the field and says what to do.
void validate(const engine_config& config);

// Opens the history and makes the rest; throws as validate() and open_history() do.
engine_parts make_parts(engine_config config);

}  // namespace stoker
