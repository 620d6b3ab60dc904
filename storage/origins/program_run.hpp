// One run of a program: started in a process group of its own, its output taken up to a bound, and ended with
// all its descendants at a deadline.
//
// Ownership: owns the process and the pipes. Threads: one at a time. Errors: in the result.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace stoker {

struct program_order {
  std::vector<std::string> arguments;    // the program first
  std::vector<std::string> environment;  // all of it
  std::string folder;                    // empty: this process' own
  std::uint64_t max_output_bytes = 0;
};

enum class program_end : std::uint8_t {
  exited,       // `code` is its exit status
  signalled,    // `code` is the signal
  not_found,    // there is no such program, or it can't be run
  not_started,  // the system would not: no memory, no processes, no descriptors
  timed_out,    // killed at the deadline
  too_much,     // killed because it wrote too much
};

struct program_result {
  program_end end = program_end::not_started;
  int code = 0;
  std::string output;
  std::string last_words;  // the end of what it wrote to standard error, on one line
  std::string error;       // of the system
};

program_result run_program(const program_order& order, std::chrono::steady_clock::time_point deadline);

}  // namespace stoker
