#include "apps/configuration/origin_kinds.hpp"

#include "apps/configuration/back_ends.hpp"
#include "apps/configuration/http_settings.hpp"
#include "apps/configuration/secret.hpp"
#include "apps/configuration/tls_keys.hpp"
#include "storage/origins/exec_origin.hpp"
#include "storage/origins/file_origin.hpp"
#include "storage/origins/http_origin.hpp"
#include "storage/origins/peer_origin.hpp"
#include "storage/origins/postgres_origin.hpp"

namespace stoker::configuration {

namespace {

constexpr std::int64_t most_connections = 1024;

template <class Origin, class Config>
origin_maker maker(Config config) {
  return [config = std::move(config)](const origin_lookup&) { return std::make_shared<Origin>(config); };
}

void set_size(section& from, const std::string& key, std::uint64_t& into) {
  into = from.megabytes(key).value_or(into);
  if (into == 0) from.fail(key, "must be at least 1");
}

origin_choice read_file(section& from) {
  file_origin_config config;
  config.root = from.text("root").value_or("");
  set_size(from, "max_mb", config.max_bytes);
  auto shown = config.root.empty() ? std::string{"any path"} : config.root.string();
  return {std::move(shown), maker<file_origin>(std::move(config))};
}

origin_choice read_http(section& from) {
  http_origin_config config;
  config.urls = read_urls(from);
  config.headers = read_headers(from);
  config.ttl_from_answer = from.flag("ttl_from_answer").value_or(true);
  read_client(from, config.client);
  auto shown = config.urls.front().url;
  return {std::move(shown), maker<http_origin>(std::move(config))};
}

origin_choice read_exec(section& from) {
  exec_origin_config config;
  config.pattern = from.text("keys").value_or(config.pattern);
  config.arguments = from.texts("command");
  config.environment = from.texts("environment");
  config.folder = from.text("folder").value_or("");
  if (const auto count = from.integer("processes", 1, most_connections))
    config.processes = static_cast<unsigned>(*count);
  set_size(from, "max_mb", config.max_bytes);
  if (config.arguments.empty())
    from.fail("it needs a command, such as [\"/usr/bin/render\", \"--\", \"{key}\"]");
  auto shown = config.arguments.front();
  return {std::move(shown), maker<exec_origin>(std::move(config))};
}

// libpq knows no authorities of the system's.
std::optional<postgres_tls> read_postgres_tls(section& from) {
  const auto tls = read_tls(from);
  if (!tls) return std::nullopt;
  if (tls->ca_file.empty()) from.fail("ca", "is needed: the certificate that the server's is signed by");
  return postgres_tls{tls->ca_file, tls->certificate_file, tls->key_file};
}

origin_choice read_postgres(section& from) {
  postgres_origin_config config;
  config.connection = read_secret(from, "connection");
  config.tls = read_postgres_tls(from);
  config.pattern = from.text("keys").value_or(config.pattern);
  config.statement = from.text("statement").value_or("");
  auto parameters = from.texts("parameters");
  if (!parameters.empty()) config.parameters = std::move(parameters);
  if (const auto count = from.integer("connections", 1, most_connections))
    config.connections = static_cast<unsigned>(*count);
  config.connect_timeout = from.span("connect_timeout").value_or(config.connect_timeout);
  set_size(from, "max_mb", config.max_bytes);
  if (config.statement.empty())
    from.fail("it needs a statement, such as \"SELECT body FROM pages WHERE id = $1\"");
  auto shown = config.statement;  // the connection may hold a password
  return {std::move(shown), maker<postgres_origin>(std::move(config))};
}

// The peer is a cache like those of [[cache]], read by the same keys.
origin_choice read_peer(section& from) {
  const auto kind = from.text("peer").value_or("");
  if (kind != "redis" && kind != "memcached") from.refuse_word("peer", kind, {"redis", "memcached"});
  auto peer = back_ends().at(kind)(from);
  peer_origin_config config;
  config.timeout = from.span("timeout").value_or(config.timeout);
  if (config.timeout == duration::zero()) from.fail("timeout", "must be more than nothing");
  const auto behind = from.text("behind").value_or("");
  const auto make = [config, behind, make_peer = peer.make](const origin_lookup& others) mutable {
    config.peer = make_peer();
    if (!behind.empty()) config.behind = others(behind);
    return std::make_shared<peer_origin>(config);
  };
  return {kind + " at " + peer.shown + (behind.empty() ? "" : ", then " + behind), make};
}

}  // namespace

const std::map<std::string, origin_reader>& origin_kinds() {
  static const std::map<std::string, origin_reader> kinds{
      {"file", read_file},         {"http", read_http}, {"exec", read_exec},
      {"postgres", read_postgres}, {"peer", read_peer},
  };
  return kinds;
}

}  // namespace stoker::configuration
