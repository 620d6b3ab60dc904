// `stoker predict --cache C KEY...`: what would be prefetched after these keys, and why.
#pragma once

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

void add_predict_command(CLI::App& app, console& io, int& status);

}  // namespace stoker::cli
