// `stoker schedule`: checks a file of schedules and lists the runs of the next days.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_schedule_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
