// `stoker track`: tells the daemon of accesses that did not go through it.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_track_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
