// Completion of commands and options for shells, as scripts of theirs. Pure.
#pragma once

#include "apps/stoker/command_tree.hpp"

namespace stoker::cli {

std::string bash_completion(const std::vector<command_description>& commands);
std::string zsh_completion(const std::vector<command_description>& commands);
std::string fish_completion(const std::vector<command_description>& commands);

}  // namespace stoker::cli
