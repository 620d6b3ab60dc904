// The manual page stoker(1), in roff. Pure.
#pragma once

#include "apps/stoker/command_tree.hpp"

namespace stoker::cli {

std::string manual_page(const std::vector<command_description>& commands, const std::string& version);

}  // namespace stoker::cli
