// `stoker record -- COMMAND`: runs a command and records the files it opens, in order, as a trace.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_record_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
