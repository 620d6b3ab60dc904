// The HTTP API of an engine, for hosts that serve it themselves: stoker::control::control_server. Link
// stoker::control.
#pragma once

#include "apps/control/control_server.hpp"
