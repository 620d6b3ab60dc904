// An engine's status as it may leave the process.
#pragma once

#include "messages/status.hpp"

namespace stoker {
class engine;
}

namespace stoker::control {

// What failures say of caches that hide their keys is withheld. Throws as engine::status() does.
engine_status shown_status(engine& of);

}  // namespace stoker::control
