#include "bench/peers.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace stoker::bench {

double seconds_of(std::vector<std::string> command, const std::string& input) {
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const auto began = std::chrono::steady_clock::now();
  const int process = ::fork();
  if (process == 0) {
    const int from = ::open(input.empty() ? "/dev/null" : input.c_str(), O_RDONLY);
    const int to = ::open("/dev/null", O_WRONLY);
    ::dup2(from, STDIN_FILENO);
    ::dup2(to, STDOUT_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (process < 0 || status != 0) throw std::runtime_error{"the command failed: " + command[0]};
  return took.count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool report(const char* what, double stoker, const char* peer_name, double peer, const char* unit,
            double limit) {
  const double ratio = stoker / peer;
  std::printf("%-44s %8.3f %s\n  %-42s %8.3f %s\n  ratio %.2f, limit %.2f: %s\n", what, stoker, unit,
              peer_name, peer, unit, ratio, limit, ratio >= limit ? "reached" : "missed");
  return ratio >= limit;
}

}  // namespace stoker::bench
