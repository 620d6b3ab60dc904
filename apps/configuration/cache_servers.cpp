#include "apps/configuration/cache_servers.hpp"

#include <limits>

#include "apps/configuration/secret.hpp"
#include "apps/configuration/tls_keys.hpp"

namespace stoker::configuration {

namespace {

constexpr std::int64_t most_databases = 1 << 20;

endpoint read_endpoint(section& from, endpoint where) {
  where.socket_path = from.text("socket").value_or("");
  const auto host = from.text("host");
  const auto port = from.integer("port", 1, std::numeric_limits<std::uint16_t>::max());
  if (!where.socket_path.empty() && (host || port))
    from.fail("socket", "stands for host and port: leave them out");
  where.host = host.value_or(where.host);
  where.port = static_cast<std::uint16_t>(port.value_or(where.port));
  where.tls = read_named_tls(from);
  if (where.tls && !where.socket_path.empty())
    from.fail("tls", "is for host and port: what passes a Unix socket leaves no machine");
  return where;
}

template <class Config>
void read_user(section& from, Config& into) {
  into.user = from.text("user").value_or("");
  into.password = read_secret(from, "password");
  into.key_prefix = from.text("key_prefix").value_or("");
}

}  // namespace

redis_config read_redis_server(section& from) {
  redis_config config;
  config.where = read_endpoint(from, config.where);
  read_user(from, config);
  config.database = static_cast<unsigned>(from.integer("database", 0, most_databases).value_or(0));
  return config;
}

memcached_config read_memcached_server(section& from) {
  memcached_config config;
  config.where = read_endpoint(from, config.where);
  read_user(from, config);
  return config;
}

std::string shown_at(const endpoint& where, const std::string& key_prefix) {
  return where.shown() + (where.tls ? " over TLS" : "") +
         (key_prefix.empty() ? "" : ", keys \"" + key_prefix + "*\"");
}

}  // namespace stoker::configuration
