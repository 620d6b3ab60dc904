// `stoker stop`: ends background warming; the daemon stays.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_stop_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
