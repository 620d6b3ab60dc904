// Loader: one of the pool that loads for warming. It blocks, so the engine spawns it detached.
//
// Every load is bounded by the request's timeout even when the origin hangs, for the load itself runs on a
// thread of the cache's (see read_through.hpp); whatever goes wrong becomes a receipt.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "messages/actors.hpp"
#include "storage/caches/warm_target.hpp"

namespace stoker {

// The cache of that name; null when there is none.
using cache_lookup = std::function<std::shared_ptr<warm_target>(const std::string& cache)>;

struct loader_config {
  cache_lookup find_cache;
  clock_function now;
};

void validate(const loader_config& config);

class loader_state {
 public:
  loader_state() {}
  static inline const char* name = "loader";

  void start(loader_config config) { config_ = std::move(config); }
  load_receipts load(const load_request& request) const;

 private:
  load_receipt load(warm_target& entries, const load_item& item, duration timeout) const;

  loader_config config_;
};

// Named so that it does not clash with stoker::loader, the host's function.
loader_actor::behavior_type pool_loader(loader_actor::stateful_pointer<loader_state> self,
                                        loader_config config);

}  // namespace stoker
