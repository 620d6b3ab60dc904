// `stoker warm`: warms without a daemon what can be: the page cache, with the files that changed in git.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_warm_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
