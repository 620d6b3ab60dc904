// Collects the state of every actor into one engine_status.
#pragma once

#include <caf/all.hpp>

#include "actors/engine/cache_table.hpp"
#include "messages/directory.hpp"

namespace stoker {

// Asks everyone in the directory and delivers when all have answered or `timeout` is over; who did not answer
// is named in `missing`. `start` holds what the engine knows itself.
void collect_status(engine_actor::pointer self, const directory& peers,
                    const std::vector<std::string>& caches, const std::vector<std::string>& origins,
                    caf::timespan timeout, engine_status start,
                    caf::typed_response_promise<engine_status> promise);

// What a cache says of itself.
cache_status status_of(const managed_cache& cache);

}  // namespace stoker
