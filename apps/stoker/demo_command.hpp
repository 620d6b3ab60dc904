// `stoker demo`: the restart story on real files, as a table.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_demo_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
