// Several caches warmed in one pass: one memory budget and one budget of calls an origin, divided where the
// next byte and the next call bring most (actors/warming/division.hpp), in an order in which a cache comes
// after those that its loader reads.
//
// Threads: any, but not from within an actor: warming blocks. Errors: of the request are thrown as
// stoker::error; what goes wrong with one cache is part of the report, and stops no other.
#pragma once

#include "actors/engine/engine_core.hpp"
#include "stoker/engine.hpp"

namespace stoker {

warm_set_report warm_together(const engine_core& core, const warm_together_options& options);

}  // namespace stoker
