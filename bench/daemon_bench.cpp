// What an idle daemon costs: processor time and memory of the built binary, with a cache, an origin, a
// schedule and its control API, while nobody asks it anything; beside the limits of 1 % of a core and 60 MB.
//
//   daemon_bench [SECONDS]     default 30
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace {

using namespace stoker::test;

constexpr double limit_percent = 1;
constexpr double limit_mb = 60;
constexpr std::chrono::seconds settling{5};  // start-up is over

// User and system time, in seconds; fields 14 and 15 of /proc/PID/stat, after the name in parentheses.
double processor_time(int process) {
  std::string text;
  std::getline(std::ifstream{"/proc/" + std::to_string(process) + "/stat"}, text);
  std::istringstream fields{text.substr(text.rfind(')') + 2)};
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  if (!(fields >> user >> system)) throw std::runtime_error{"the daemon has ended"};
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double resident_mb(int process) {
  std::ifstream status{"/proc/" + std::to_string(process) + "/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) * 1024 / 1e6;
  return 0;
}

std::string configuration(const temporary_folder& folder) {
  std::ofstream{folder / "s.toml"}
      << "[daemon]\nfolder = \"" << folder / "state"
      << "\"\n[server]\nport = " << free_port() << "\n[[origin]]\nname = \"o\"\nkind = \"file\"\n[[cache]]\n"
      << "name = \"c\"\norigin = \"o\"\n[[schedule]]\nid = \"s\"\ncache = \"c\"\n"
      << "every = \"30min\"\n";
  return folder / "s.toml";
}

void measure(double seconds) {
  const temporary_folder folder;
  const server_process daemon{{STOKER_BINARY, "serve", "--config", configuration(folder)}, folder / "log"};
  std::this_thread::sleep_for(settling);
  const auto before = processor_time(daemon.id());
  std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
  const auto percent = (processor_time(daemon.id()) - before) / seconds * 100;
  const auto memory = resident_mb(daemon.id());
  std::printf("an idle daemon over %.0f s           measured     limit\n", seconds);
  std::printf("processor, of one core            %8.2f %%  %6.0f %%\n", percent, limit_percent);
  std::printf("resident memory                   %7.1f MB  %5.0f MB\n", memory, limit_mb);
}

}  // namespace

int main(int argc, char** argv) try {
  measure(argc > 1 ? std::atof(argv[1]) : 30);
  return 0;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "daemon_bench: %s\n", failure.what());
  return 1;
}
