// `stoker optimize`: fits the intervals of schedules to how often caches are accessed.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_optimize_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
