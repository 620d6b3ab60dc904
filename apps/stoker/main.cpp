// The program `stoker`: one subcommand a file pair, listed here.

#include <unistd.h>

#include <iostream>

#include "apps/stoker/command_line.hpp"
#include "apps/stoker/demo_command.hpp"
#include "apps/stoker/learn_command.hpp"
#include "apps/stoker/predict_command.hpp"
#include "apps/stoker/record_command.hpp"
#include "apps/stoker/replay_command.hpp"
#include "apps/stoker/schedule_command.hpp"
#include "apps/stoker/warm_command.hpp"

int main(int argc, char** argv) {
  using namespace stoker::cli;
  console io{std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1};
  return run({argv + 1, argv + argc},
             {
                 add_replay_command,
                 add_record_command,
                 add_learn_command,
                 add_predict_command,
                 add_schedule_command,
                 add_warm_command,
                 add_demo_command,
             },
             io);
}
