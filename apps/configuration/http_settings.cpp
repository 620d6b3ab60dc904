#include "apps/configuration/http_settings.hpp"

#include "apps/configuration/secret.hpp"

namespace stoker::configuration {

namespace {

constexpr std::int64_t most_connections = 1024;
constexpr std::int64_t most_redirects = 20;

key_url read_way(section& from) {
  key_url way;
  way.pattern = from.text("keys").value_or(way.pattern);
  way.url = from.text("url").value_or("");
  if (way.url.empty()) from.fail("url", "is needed: what is asked for these keys");
  from.check_keys();
  return way;
}

}  // namespace

void read_client(section& from, http_client_config& into) {
  if (const auto count = from.integer("connections", 1, most_connections))
    into.connections = static_cast<std::size_t>(*count);
  into.connect_timeout = from.span("connect_timeout").value_or(into.connect_timeout);
  into.max_body_bytes = from.megabytes("max_mb").value_or(into.max_body_bytes);
  if (into.max_body_bytes == 0) from.fail("max_mb", "must be at least 1");
  into.max_redirects = static_cast<unsigned>(from.integer("max_redirects", 0, most_redirects).value_or(0));
  into.socket_path = from.text("socket").value_or("");
  into.proxy = from.text("proxy").value_or("");
  into.connect_to = from.text("connect_to").value_or("");
  into.ca_file = from.text("ca").value_or("");
  into.certificate_file = from.text("certificate").value_or("");
  into.key_file = from.text("key").value_or("");
}

std::vector<std::string> read_headers(section& from) {
  auto headers = from.texts("headers");
  const auto token = read_secret(from, "bearer_token");
  if (!token.empty()) headers.push_back("Authorization: Bearer " + token);
  return headers;
}

std::vector<key_url> read_ways(section& from, const std::string& key) {
  std::vector<key_url> ways;
  for (auto& way : from.tables(key)) ways.push_back(read_way(way));
  return ways;
}

std::vector<key_url> read_urls(section& from) {
  auto urls = read_ways(from, "urls");
  if (const auto url = from.text("url")) urls.push_back({"*", *url});
  if (urls.empty()) from.fail("it needs a url, such as \"http://127.0.0.1:8080/{+key}\"");
  return urls;
}

}  // namespace stoker::configuration
