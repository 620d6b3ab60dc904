// The built binary run as a user runs it, to its end: what it says on both streams, and its exit code.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

struct program_outcome {
  int status = -1;
  std::string out;
  std::string err;
};

// Any program.
inline program_outcome run_to_its_end(const std::vector<std::string>& words) {
  const temporary_folder folder;
  const auto text_of = [&](const char* name) {
    std::ostringstream text;
    text << std::ifstream{folder / name}.rdbuf();
    return text.str();
  };
  std::vector<std::string> command{
      "sh", "-c", "exec \"$@\" > '" + folder / "out" + "' 2> '" + folder / "err" + "'", "sh"};
  command.insert(command.end(), words.begin(), words.end());
  server_process process{command, folder / "log"};
  const auto status = process.wait_for_end();
  return {status, text_of("out"), text_of("err")};
}

// Stoker. Variables are "STOKER_X=1"; those that clients look at are taken away.
inline program_outcome run_program(const std::vector<std::string>& arguments,
                                   const std::vector<std::string>& variables = {}) {
  std::vector<std::string> command{"env", "-u", "STOKER_SERVER", "-u", "STOKER_TOKEN"};
  command.insert(command.end(), variables.begin(), variables.end());
  command.emplace_back(STOKER_BINARY);
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_to_its_end(command);
}

}  // namespace stoker::test
