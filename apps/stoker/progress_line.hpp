// One line on a terminal that says what a command is doing; silent anywhere else. Gone when it is destroyed.
#pragma once

#include <string_view>

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

class progress_line {
 public:
  explicit progress_line(console& io) : io_(io) {}
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line() { show(""); }

  void show(std::string_view text);

 private:
  console& io_;
};

}  // namespace stoker::cli
