// `stoker completion SHELL` and the hidden `stoker man-page`: completion scripts and the manual page, made
// from the commands as they are.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_completion_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
