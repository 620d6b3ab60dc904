// `stoker snapshot save|load|show`: the hot set of a cache as a file. A daemon saves and loads its own;
// showing one needs nobody.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_snapshot_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
