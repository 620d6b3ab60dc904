// Runs a command under strace and hands over strace's output line by line, while the command runs.
//
// The command keeps standard input, error and (unless redirected) output. An interrupt from the terminal
// reaches the command alone, so that what was recorded until then is kept. Threads: none of its own; blocks
// until the command and all it started have ended.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stoker::cli {

struct traced_command {
  std::vector<std::string> arguments;  // REQUIRES: not empty
  bool output_to_error = false;        // the command's standard output goes to standard error
};

// The status the command ended with; 128 + N: signal N ended it. Throws failure: strace is missing or cannot
// run.
int run_traced(const traced_command& command, const std::function<void(std::string_view line)>& on_line);

}  // namespace stoker::cli
