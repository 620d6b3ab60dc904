// What the engine gives its scheduler: the schedules that start() asks for, and how the caches are observed.
#pragma once

#include "actors/engine/engine_core.hpp"
#include "actors/scheduling/scheduler_actor.hpp"
#include "stoker/engine.hpp"

namespace stoker {

// Throws stoker::error for a cache that there is not.
start_schedule schedules_of(const engine_core& core, const start_options& options);

scheduler_config scheduler_config_of(const engine_parts& parts);

}  // namespace stoker
