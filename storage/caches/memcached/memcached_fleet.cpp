#include "storage/caches/memcached/memcached_fleet.hpp"

#include "messages/error.hpp"
#include "storage/caches/memcached/ketama.hpp"

namespace stoker {

namespace {

void check(const memcached_fleet_config& config) {
  if (config.servers.empty())
    throw error{errc::invalid_argument, "memcached fleet: name at least one server"};
}

std::vector<std::unique_ptr<remote_cache>> parts_of(const memcached_fleet_config& config) {
  check(config);
  std::vector<std::unique_ptr<remote_cache>> parts;
  for (const auto& each : config.servers) {
    auto one = config.common;
    one.where = each.where;
    parts.push_back(std::make_unique<memcached_cache>(std::move(one)));
  }
  return parts;
}

split_cache::route_function route_of(const memcached_fleet_config& config) {
  check(config);
  std::vector<ketama_server> servers;
  for (const auto& each : config.servers) {
    if (each.weight == 0)
      throw error{errc::invalid_argument,
                  "memcached fleet: " + each.where.shown() + ": a weight is at least 1"};
    const bool local = !each.where.socket_path.empty();
    const auto& host = local ? each.where.socket_path : each.where.host;
    servers.push_back({each.name.empty() ? host : each.name, each.where.port, each.weight});
    if (local) servers.back().port = 0;
  }
  return [continuum = ketama{servers}, prefix = config.common.key_prefix](std::string_view key) {
    return continuum.server_of(prefix.empty() ? std::string{key} : prefix + std::string{key});
  };
}

}  // namespace

memcached_fleet::memcached_fleet(const memcached_fleet_config& config)
    : split_cache(parts_of(config), route_of(config)) {}

}  // namespace stoker
