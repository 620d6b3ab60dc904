// The back ends that a configured cache can have, and how each is read.
//
// A new one is a function and a line in the table. Threads: any.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "apps/configuration/section.hpp"
#include "storage/caches/remote_cache.hpp"

namespace stoker::configuration {

struct back_end_choice {
  std::string shown{};                                    // where it stands, without secrets
  std::function<std::shared_ptr<remote_cache>()> make{};  // empty: the embedded cache
  bool loads_by_itself = false;                           // it has no origin
};

// Takes the keys of its kind from the section.
using back_end_reader = back_end_choice (*)(section& from);

// By name: "memory" and others.
const std::map<std::string, back_end_reader>& back_ends();

}  // namespace stoker::configuration
