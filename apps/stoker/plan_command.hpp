// `stoker plan`: what a run would do, and why, without doing it.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_plan_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
