// The tables of a daemon's configuration, each read by a function of its own: what daemon_settings.cpp puts
// together.
//
// Each takes all keys of its section and checks that there are no others. Errors: stoker::error, as
// section's.
#pragma once

#include "apps/configuration/daemon_settings.hpp"
#include "apps/configuration/section.hpp"

namespace stoker::configuration {

server_settings read_server(section& from);
log_settings read_log(section& from);
// Fills what [engine] is about; `cores` bounds the workers of some profiles.
void read_engine(section& from, std::uint32_t cores, engine_config& into);
cache_settings read_cache(section& from);
origin_settings read_origin(section& from);
feed_settings read_feed(section& from);

template <class Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& [name, value] : table) names.push_back(name);
  return names;
}

}  // namespace stoker::configuration
