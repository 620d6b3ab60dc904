// Runs a subcommand as the program would, and catches what it says.
#pragma once

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "apps/stoker/command_line.hpp"

namespace stoker::test {

struct outcome {
  int status = 0;
  std::string out;
  std::string err;
};

inline outcome run_command(const cli::add_command& add, const std::vector<std::string>& arguments,
                           bool terminal = false) {
  std::ostringstream out, err;
  cli::console io{out, err, terminal};
  const int status = cli::run(arguments, {add}, io);
  return {status, out.str(), err.str()};
}

// The command ends with this code, prints no result, and says `part_of_message`.
inline void check_rejected(const outcome& result, int status, const std::string& part_of_message) {
  BOOST_CHECK_EQUAL(result.status, status);
  BOOST_CHECK_EQUAL(result.out, "");
  BOOST_CHECK_MESSAGE(result.err.find(part_of_message) != std::string::npos, result.err);
}

}  // namespace stoker::test
