// Secrets of a configuration: written in the file, or better in a file of their own.
#pragma once

#include <string>

#include "apps/configuration/section.hpp"

namespace stoker::configuration {

// The value of KEY, or the content of the file that KEY_file names, without the line's end. Empty: neither is
// there. Throws stoker::error for both, and for a file that can't be read.
std::string read_secret(section& from, const std::string& key);

}  // namespace stoker::configuration
