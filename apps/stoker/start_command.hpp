// `stoker start`: begins background warming, and the daemon too when none runs (--background).
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_start_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
