// The program `stoker`: one subcommand a file pair, listed here.

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "apps/stoker/command_line.hpp"
#include "apps/stoker/completion_command.hpp"
#include "apps/stoker/cycle_command.hpp"
#include "apps/stoker/demo_command.hpp"
#include "apps/stoker/health_command.hpp"
#include "apps/stoker/learn_command.hpp"
#include "apps/stoker/list_command.hpp"
#include "apps/stoker/optimize_command.hpp"
#include "apps/stoker/patterns_command.hpp"
#include "apps/stoker/plan_command.hpp"
#include "apps/stoker/predict_command.hpp"
#include "apps/stoker/record_command.hpp"
#include "apps/stoker/replay_command.hpp"
#include "apps/stoker/report_command.hpp"
#include "apps/stoker/rollback_command.hpp"
#include "apps/stoker/schedule_command.hpp"
#include "apps/stoker/serve_command.hpp"
#include "apps/stoker/snapshot_command.hpp"
#include "apps/stoker/start_command.hpp"
#include "apps/stoker/stats_command.hpp"
#include "apps/stoker/status_command.hpp"
#include "apps/stoker/stop_command.hpp"
#include "apps/stoker/top_command.hpp"
#include "apps/stoker/track_command.hpp"
#include "apps/stoker/warm_command.hpp"

namespace {

bool knows_colours() {
  const char* forbidden = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return (forbidden == nullptr || *forbidden == '\0') && terminal != nullptr &&
         std::string_view{terminal} != "dumb";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace stoker::cli;
  const auto on_terminal = ::isatty(STDOUT_FILENO) == 1;
  console io{std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1, on_terminal, on_terminal && knows_colours()};
  return run({argv + 1, argv + argc},
             {
                 add_serve_command,    add_status_command,   add_health_command,   add_start_command,
                 add_stop_command,     add_list_command,     add_plan_command,     add_warm_command,
                 add_cycle_command,    add_report_command,   add_rollback_command, add_stats_command,
                 add_patterns_command, add_top_command,      add_track_command,    add_predict_command,
                 add_optimize_command, add_schedule_command, add_snapshot_command, add_learn_command,
                 add_replay_command,   add_record_command,   add_demo_command,     add_completion_command,
             },
             io);
}
