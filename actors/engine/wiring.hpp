// Wiring: how each actor of the engine is configured and started, in the order in which they need one
// another.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "actors/engine/engine_parts.hpp"
#include "actors/engine/managed_cache.hpp"
#include "actors/engine/supervisor.hpp"
#include "actors/warming/warmer_actor.hpp"

namespace stoker {

// The actors that every engine has: historian, trackers, arbiter, memory monitor, scheduler, loaders.
std::vector<child_spec> common_actors(caf::actor_system& system, const engine_parts& parts);

// Limits of origins of their own, by name.
using origin_limit_table = std::map<std::string, origin_limits>;

// What holds for an origin: its own limits, or those of the profile.
origin_limits limits_of(const engine_parts& parts, const origin_limit_table& own, const std::string& origin);

// The actor that guards an origin. The table is read whenever it is started, in the thread of who starts it.
child_spec origin_actor_of(caf::actor_system& system, const engine_parts& parts,
                           std::shared_ptr<const origin_limit_table> limits, const std::string& origin);

// The actors of one cache: collector, warmer, predictor.
std::vector<child_spec> cache_actors(caf::actor_system& system, const engine_parts& parts,
                                     const std::shared_ptr<managed_cache>& cache);

// How a cache's warmer is configured.
warmer_config warmer_config_of(const engine_parts& parts, const std::shared_ptr<managed_cache>& cache);

// The name under which the origin of a cache is guarded.
std::string origin_name_of(const cache_config& config);

}  // namespace stoker
