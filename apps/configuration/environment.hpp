// The environment variables that override what a configuration file says: those whose names begin with
// STOKER_.
#pragma once

#include <map>
#include <string>

namespace stoker::configuration {

using environment = std::map<std::string, std::string>;  // value by the whole name

// Of this process.
environment environment_of_process();

// A key or an id as part of a variable's name: in capitals, with _ for what is no letter or digit.
std::string variable_part(const std::string& name);

}  // namespace stoker::configuration
