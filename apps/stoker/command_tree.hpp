// The commands with their options as plain data: what completion scripts and the manual page are made from,
// so that they can't differ from what the program takes.
#pragma once

#include <string>
#include <vector>

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

enum class value_kind { none, text, word, file, folder };

struct option_description {
  std::vector<std::string> names;  // "--watch", "-h"; of a positional: its name for people
  std::string description;
  std::string default_text;
  std::string group;
  value_kind value = value_kind::none;  // none: a flag
  std::vector<std::string> words;       // that a `word` may be
  bool positional = false;
  bool required = false;
  bool repeats = false;
};

struct command_description {
  std::string name;  // "snapshot save" of a command within another; empty: the program itself
  std::string description;
  std::string footer;  // examples, exit codes
  std::vector<option_description> options;
};

// The program first, then its commands in order of their names. Hidden ones are left out.
std::vector<command_description> describe(const CLI::App& program);

}  // namespace stoker::cli
