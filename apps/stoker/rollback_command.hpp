// `stoker rollback`: removes what a run put into a cache and nobody used since.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_rollback_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
