// `stoker replay TRACE`: runs the engine's predictor and cache over a recorded trace and prints what came of
// it.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_replay_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
