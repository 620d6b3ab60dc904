// `stoker patterns`: what is used, and when: hours of the day, the most used keys, those on the rise.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_patterns_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
