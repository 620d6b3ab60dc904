// For hosts that run CAF themselves: the engine's actor, to which they can send the messages of
// messages/actors.hpp.
#pragma once

#include "messages/actors.hpp"
#include "stoker/engine.hpp"

namespace stoker {

// Valid while the engine lives.
engine_actor actor_of(const engine& running);

}  // namespace stoker
