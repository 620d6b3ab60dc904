// The command line of Stoker: what every subcommand shares, and the function that runs one.
//
// Results go to `out`, everything for people (errors, progress) to `err`: `--json` output stays one JSON
// object. Threads: none of its own.
#pragma once

#include <functional>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace stoker::cli {

enum exit_code : int {
  exit_ok = 0,
  exit_failure = 1,
  exit_usage = 2,      // a wrong option, or input that is malformed
  exit_no_daemon = 3,  // the command needs a daemon, and none answers
  exit_partial = 4,    // a bound that was given ended it before it was done
};

// Each ends the command with its exit code and its text as one line on `err`.
class failure : public std::runtime_error {
 public:
  failure(exit_code code, const std::string& text) : std::runtime_error(text), code_(code) {}
  exit_code code() const noexcept { return code_; }

 private:
  exit_code code_;
};

struct usage_error : failure {
  explicit usage_error(const std::string& text) : failure(exit_usage, text) {}
};

struct no_daemon_error : failure {
  explicit no_daemon_error(const std::string& text) : failure(exit_no_daemon, text) {}
};

struct console {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;  // progress is shown only there
  bool out_is_terminal = false;  // a screen of its own, and colours, only there
  bool colours = false;          // in results; never with NO_COLOR, or on a terminal that knows none
};

// Adds one subcommand to `app`. Its callback runs the command and sets `status`, or throws: failure,
// trace_error (exit_usage), any other std::exception (exit_failure).
using add_command = std::function<void(CLI::App& app, console& io, int& status)>;

// Parses `arguments` (without the program's name), runs the command, returns the exit code. Throws nothing.
int run(const std::vector<std::string>& arguments, const std::vector<add_command>& commands, console& io);

}  // namespace stoker::cli
