#include "apps/configuration/back_ends.hpp"

#include <limits>

#include "apps/configuration/secret.hpp"
#include "storage/caches/files/page_cache.hpp"
#include "storage/caches/memcached/memcached_cache.hpp"
#include "storage/caches/redis/redis_cache.hpp"

namespace stoker::configuration {

namespace {

constexpr std::int64_t most_databases = 1 << 20;
constexpr std::int64_t most_readers = 256;

template <class Cache, class Config>
std::function<std::shared_ptr<remote_cache>()> maker(Config config) {
  return [config = std::move(config)] { return std::make_shared<Cache>(config); };
}

endpoint read_endpoint(section& from, endpoint where) {
  where.socket_path = from.text("socket").value_or("");
  const auto host = from.text("host");
  const auto port = from.integer("port", 1, std::numeric_limits<std::uint16_t>::max());
  if (!where.socket_path.empty() && (host || port))
    from.fail("socket", "stands for host and port: leave them out");
  where.host = host.value_or(where.host);
  where.port = static_cast<std::uint16_t>(port.value_or(where.port));
  return where;
}

std::string shown_at(const endpoint& where, const std::string& prefix) {
  return where.shown() + (prefix.empty() ? "" : ", keys \"" + prefix + "*\"");
}

back_end_choice read_memory(section&) {
  return {};
}

back_end_choice read_redis(section& from) {
  redis_config config;
  config.where = read_endpoint(from, config.where);
  config.user = from.text("user").value_or("");
  config.password = read_secret(from, "password");
  config.database = static_cast<unsigned>(from.integer("database", 0, most_databases).value_or(0));
  config.key_prefix = from.text("key_prefix").value_or("");
  return {shown_at(config.where, config.key_prefix), maker<redis_cache>(config)};
}

back_end_choice read_memcached(section& from) {
  memcached_config config;
  config.where = read_endpoint(from, config.where);
  config.user = from.text("user").value_or("");
  config.password = read_secret(from, "password");
  config.key_prefix = from.text("key_prefix").value_or("");
  constexpr std::int64_t most_flags = std::numeric_limits<std::uint32_t>::max();
  config.client_flags = static_cast<std::uint32_t>(from.integer("client_flags", 0, most_flags).value_or(0));
  return {shown_at(config.where, config.key_prefix), maker<memcached_cache>(config)};
}

back_end_choice read_files(section& from) {
  page_cache_config config;
  config.root = from.text("root").value_or("");
  config.readers = static_cast<unsigned>(from.integer("readers", 1, most_readers).value_or(config.readers));
  auto shown = config.root.empty() ? std::string{"any path"} : config.root.string();
  return {std::move(shown), maker<page_cache>(std::move(config)), true};
}

}  // namespace

const std::map<std::string, back_end_reader>& back_ends() {
  static const std::map<std::string, back_end_reader> all{
      {"memory", read_memory},
      {"redis", read_redis},
      {"memcached", read_memcached},
      {"files", read_files},
  };
  return all;
}

}  // namespace stoker::configuration
