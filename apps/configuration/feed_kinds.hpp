// The kinds of feeds that a configuration can name, and how each is read.
//
// A new kind is a function and a line in the table. Threads: any.
#pragma once

#include <map>
#include <string>

#include "apps/configuration/section.hpp"
#include "apps/feeds/make_feed.hpp"

namespace stoker::configuration {

struct feed_choice {
  std::string shown;  // where accesses come from, without secrets
  feeds::feed_config config;
};

// Takes the keys of its kind from the section; the common ones have been taken.
using feed_reader = feed_choice (*)(section& from);

// By kind: "socket" and others.
const std::map<std::string, feed_reader>& feed_kinds();

}  // namespace stoker::configuration
