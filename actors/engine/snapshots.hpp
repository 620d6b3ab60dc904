// Snapshots of an engine's caches: what is written into one, and where it stands.
//
// Threads: any, but no actor's, for all of this reads, writes and asks servers. Errors: stoker::error.
#pragma once

#include <string>
#include <vector>

#include "actors/warming/questions.hpp"
#include "messages/snapshot.hpp"
#include "messages/statistics.hpp"
#include "stoker/engine.hpp"

namespace stoker {

struct managed_cache;

// The file of a cache that none is named for. Throws when there is no folder for it.
std::string snapshot_path(const engine_config& config, const std::string& cache);

// Asks the trackers for what a snapshot holds.
top_request hottest_keys(const std::string& cache, std::uint32_t keys, time_point now);

// Writes these keys, hottest first, with what the cache knows of them; notes what became of it.
snapshot_status save_snapshot(const managed_cache& cache, const ranked_keys& hottest,
                              const std::string& path);
snapshot_status load_snapshot(const managed_cache& cache, const std::string& path);

// The entries that expire one day; an embedded cache is asked piece by piece.
std::vector<cache_entry_info> list_expiring(const managed_cache& cache);

}  // namespace stoker
