// `stoker report`: what a run came to, or the latest runs together: loads, times, efficiency, slow keys.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_report_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
