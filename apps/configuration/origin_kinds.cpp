#include "apps/configuration/origin_kinds.hpp"

#include "apps/configuration/secret.hpp"
#include "storage/origins/exec_origin.hpp"
#include "storage/origins/file_origin.hpp"
#include "storage/origins/http_origin.hpp"

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

key_url read_way(section& from) {
  key_url way;
  way.pattern = from.text("keys").value_or(way.pattern);
  way.url = from.text("url").value_or("");
  if (way.url.empty()) from.fail("url", "is needed: where these keys are loaded from");
  from.check_keys();
  return way;
}

void read_client(section& from, http_client_config& into) {
  if (const auto count = from.integer("connections", 1, most_connections))
    into.connections = static_cast<std::size_t>(*count);
  into.connect_timeout = from.span("connect_timeout").value_or(into.connect_timeout);
  set_size(from, "max_mb", into.max_body_bytes);
  constexpr std::int64_t most_redirects = 20;
  into.max_redirects = static_cast<unsigned>(from.integer("max_redirects", 0, most_redirects).value_or(0));
  into.socket_path = from.text("socket").value_or("");
  into.proxy = from.text("proxy").value_or("");
  into.ca_file = from.text("ca").value_or("");
  into.certificate_file = from.text("certificate").value_or("");
  into.key_file = from.text("key").value_or("");
}

origin_choice read_http(section& from) {
  http_origin_config config;
  if (const auto url = from.text("url")) config.urls.push_back({"*", *url});
  for (auto& way : from.tables("urls")) config.urls.push_back(read_way(way));
  config.headers = from.texts("headers");
  const auto token = read_secret(from, "bearer_token");
  if (!token.empty()) config.headers.push_back("Authorization: Bearer " + token);
  config.ttl_from_answer = from.flag("ttl_from_answer").value_or(true);
  read_client(from, config.client);
  if (config.urls.empty()) from.fail("it needs a url, such as \"http://127.0.0.1:8080/{+key}\"");
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

}  // namespace

const std::map<std::string, origin_reader>& origin_kinds() {
  static const std::map<std::string, origin_reader> kinds{
      {"file", read_file},
      {"http", read_http},
      {"exec", read_exec},
  };
  return kinds;
}

}  // namespace stoker::configuration
