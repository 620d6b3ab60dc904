// `stoker health`: is the daemon well, part by part; for people and for probes.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_health_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
