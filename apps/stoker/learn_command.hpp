// `stoker learn FILE...`: fills a history from recorded traces and access logs, so that an engine that starts
// on it knows what they hold.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_learn_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
