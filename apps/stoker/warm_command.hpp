// `stoker warm`: has the daemon warm one of its caches; or warms, without one, the page cache with what
// changed in git.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_warm_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
