#include "apps/configuration/back_ends.hpp"

#include <limits>

#include "apps/configuration/cache_servers.hpp"
#include "apps/configuration/http_settings.hpp"
#include "apps/configuration/redis_keys.hpp"
#include "storage/caches/application/application_cache.hpp"
#include "storage/caches/files/page_cache.hpp"
#include "storage/caches/http/http_cache.hpp"

namespace stoker::configuration {

namespace {

constexpr std::int64_t most_readers = 256;

template <class Cache, class Config>
std::function<std::shared_ptr<remote_cache>()> maker(Config config) {
  return [config = std::move(config)] { return std::make_shared<Cache>(config); };
}

back_end_choice read_memory(section&) {
  return {};
}

back_end_choice read_redis(section& from) {
  auto config = read_redis_server(from);
  read_redis_servers(from, config);
  auto shown = shown_at(config.where, config.key_prefix) + (config.cluster ? ", a cluster" : "");
  return {std::move(shown), maker<redis_cache>(std::move(config))};
}

back_end_choice read_memcached(section& from) {
  auto config = read_memcached_server(from);
  constexpr std::int64_t most_flags = std::numeric_limits<std::uint32_t>::max();
  config.client_flags = static_cast<std::uint32_t>(from.integer("client_flags", 0, most_flags).value_or(0));
  auto shown = shown_at(config.where, config.key_prefix);
  return {std::move(shown), maker<memcached_cache>(std::move(config))};
}

back_end_choice read_files(section& from) {
  page_cache_config config;
  config.root = from.text("root").value_or("");
  config.readers = static_cast<unsigned>(from.integer("readers", 1, most_readers).value_or(config.readers));
  auto shown = config.root.empty() ? std::string{"any path"} : config.root.string();
  return {std::move(shown), maker<page_cache>(std::move(config)), true};
}

const std::map<std::string, http_refresh> refresh_words{
    {"none", http_refresh::none}, {"bypass", http_refresh::bypass}, {"purge", http_refresh::purge}};

void set_text(section& from, const std::string& key, std::string& into) {
  if (const auto given = from.text(key)) into = *given;
}

back_end_choice read_http(section& from) {
  http_cache_config config;
  config.urls = read_urls(from);
  config.headers = read_headers(from);
  read_client(from, config.client);
  set_text(from, "status_header", config.status_header);
  if (auto words = from.texts("hit_words"); !words.empty()) config.hit_words = std::move(words);
  config.only_if_cached = from.flag("only_if_cached").value_or(config.only_if_cached);
  config.verify = from.flag("verify").value_or(config.verify);
  config.refresh = from.choice("refresh", refresh_words).value_or(config.refresh);
  set_text(from, "bypass_header", config.bypass_header);
  set_text(from, "invalidate_method", config.invalidate_method);
  config.invalidate_headers = from.texts("invalidate_headers");
  set_text(from, "clear_method", config.clear_method);
  set_text(from, "clear_url", config.clear_url);
  auto shown = config.urls.front().url;
  return {std::move(shown), maker<http_cache>(std::move(config)), true};
}

back_end_choice read_application(section& from) {
  application_cache_config config;
  config.cache = from.text("name").value_or("");
  config.url = from.text("url").value_or("");
  if (config.url.empty()) from.fail("it needs a url: that of the application's endpoint");
  config.headers = read_headers(from);
  read_client(from, config.client);
  config.operations = from.texts("operations");
  config.verify_url = read_ways(from, "verify_urls");
  config.verify = from.flag("verify").value_or(config.verify);
  constexpr std::int64_t most_items = 1'000'000;
  if (const auto count = from.integer("batch_items", 1, most_items))
    config.batch_items = static_cast<std::size_t>(*count);
  auto shown = config.url;
  return {std::move(shown), maker<application_cache>(std::move(config)), true};
}

}  // namespace

const std::map<std::string, back_end_reader>& back_ends() {
  static const std::map<std::string, back_end_reader> all{
      {"memory", read_memory}, {"redis", read_redis}, {"memcached", read_memcached},
      {"files", read_files},   {"http", read_http},   {"application", read_application},
  };
  return all;
}

}  // namespace stoker::configuration
