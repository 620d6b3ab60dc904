// `stoker status`: what the daemon is doing: caches, runs, strategies, schedules, origins, memory; once, or
// over and over.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_status_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
