// The kinds of origins that a configuration can name, and how each is read.
//
// A new kind is a function and a line in the table. Threads: any.
#pragma once

#include <map>
#include <string>

#include "apps/configuration/daemon_settings.hpp"
#include "apps/configuration/section.hpp"

namespace stoker::configuration {

struct origin_choice {
  std::string shown;  // where it loads from, without secrets
  origin_maker make;
};

// Takes the keys of its kind from the section; the common ones have been taken.
using origin_reader = origin_choice (*)(section& from);

// By kind: "file" and others.
const std::map<std::string, origin_reader>& origin_kinds();

}  // namespace stoker::configuration
