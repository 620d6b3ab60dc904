// `stoker serve`: the daemon.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_serve_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
