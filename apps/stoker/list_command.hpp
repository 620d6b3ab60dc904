// `stoker list`: what caches can be warmed by, with parameters.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_list_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
