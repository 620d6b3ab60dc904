// `stoker top`: a live view that fills the terminal: hit ratio, hot keys, runs, pressure.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_top_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
