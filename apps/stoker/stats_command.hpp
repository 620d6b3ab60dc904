// `stoker stats`: what came of warming: hits, precision and lift, cache by cache and strategy by strategy.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_stats_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
