// `stoker cycle`: runs schedules once, now, whatever their times.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_cycle_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
