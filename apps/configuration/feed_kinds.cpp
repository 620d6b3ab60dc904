#include "apps/configuration/feed_kinds.hpp"

#include <limits>

#include "apps/configuration/cache_servers.hpp"
#include "apps/feeds/listening_sockets.hpp"

namespace stoker::configuration {

namespace {

constexpr std::int64_t last_port = std::numeric_limits<std::uint16_t>::max();
constexpr std::int64_t all_permissions = 0777;
constexpr std::int64_t most_connections = 4096;  // socket_feed_config's
constexpr std::int64_t most_lines = 1'000'000'000;

void set_span(section& from, const std::string& key, duration& into) {
  if (const auto given = from.span(key)) into = *given;
  if (into == duration::zero()) from.fail(key, "must be more than nothing");
}

std::string shown_of(const feeds::socket_feed_config& config) {
  std::string text = config.socket_path.empty() ? "" : "unix:" + config.socket_path;
  if (!config.port) return text;
  return text + (text.empty() ? "" : ", ") + config.host + ':' + std::to_string(*config.port);
}

feed_choice read_socket(section& from) {
  feeds::socket_feed_config config;
  config.socket_path = from.text("socket").value_or("");
  config.socket_mode =
      static_cast<unsigned>(from.integer("socket_mode", 0, all_permissions).value_or(config.socket_mode));
  if (const auto port = from.integer("port", 1, last_port)) config.port = static_cast<std::uint16_t>(*port);
  config.host = from.text("host").value_or(config.host);
  if (!feeds::is_loopback(config.host))
    from.fail("host", "must be an address of loopback: whoever reaches it may report");
  if (const auto count = from.integer("connections", 1, most_connections))
    config.max_connections = static_cast<std::size_t>(*count);
  set_span(from, "frame_timeout", config.frame_timeout);
  config.assume_hits = from.flag("assume_hits").value_or(config.assume_hits);
  auto shown = shown_of(config);
  return {std::move(shown), std::move(config)};
}

request_rule read_request(section& from) {
  request_rule rule;
  rule.path = from.text("path").value_or("");
  rule.key = from.text("key").value_or("");
  if (rule.path.empty() || rule.key.empty())
    from.fail("a request needs a path and a key, such as { path = \"/user/{id}\", key = \"user:{id}\" }");
  from.check_keys();
  return rule;
}

feed_choice read_access_log(section& from) {
  feeds::access_log_config config;
  config.path = from.text("path").value_or("");
  config.format = from.text("format").value_or("");
  config.state_file = from.text("state_file").value_or("");
  config.from_start = from.flag("from_start").value_or(config.from_start);
  if (auto methods = from.texts("methods"); !methods.empty()) config.rules.methods = std::move(methods);
  for (auto& each : from.tables("requests")) config.rules.keys.push_back(read_request(each));
  config.rules.assume_hits = from.flag("assume_hits").value_or(config.rules.assume_hits);
  config.rules.subjects = from.flag("subjects").value_or(config.rules.subjects);
  if (const auto age = from.span("max_age"))
    config.rules.max_age_s = std::chrono::duration<double>{*age}.count();
  set_span(from, "poll_interval", config.poll_interval);
  set_span(from, "linger", config.linger);
  auto shown = config.path;
  return {std::move(shown), std::move(config)};
}

feed_choice read_memcached_watch(section& from) {
  feeds::memcached_watch_config config;
  config.server = read_memcached_server(from);
  set_span(from, "count_interval", config.count_interval);
  auto shown = shown_at(config.server.where, config.server.key_prefix);
  return {std::move(shown), std::move(config)};
}

feed_choice read_redis_sampling(section& from) {
  feeds::redis_sampling_config config;
  config.server = read_redis_server(from);
  config.commands_per_second = from.number("commands_per_second", 2).value_or(config.commands_per_second);
  config.max_accesses_per_second =
      from.number("max_accesses_per_second", 1).value_or(config.max_accesses_per_second);
  config.assumed.log_factor = from.number("lfu_log_factor", 0).value_or(config.assumed.log_factor);
  config.assumed.decay_minutes = from.number("lfu_decay_minutes", 0).value_or(config.assumed.decay_minutes);
  auto shown = shown_at(config.server.where, config.server.key_prefix);
  return {std::move(shown), std::move(config)};
}

feed_choice read_redis_monitor(section& from) {
  feeds::redis_monitor_config config;
  config.server = read_redis_server(from);
  set_span(from, "sample", config.sample);
  set_span(from, "period", config.period);
  if (const auto lines = from.integer("max_lines", 1, most_lines))
    config.max_lines = static_cast<std::uint64_t>(*lines);
  config.assume_hits = from.flag("assume_hits").value_or(config.assume_hits);
  auto shown = shown_at(config.server.where, config.server.key_prefix);
  return {std::move(shown), std::move(config)};
}

}  // namespace

const std::map<std::string, feed_reader>& feed_kinds() {
  static const std::map<std::string, feed_reader> kinds{
      {"socket", read_socket},
      {"access_log", read_access_log},
      {"memcached_watch", read_memcached_watch},
      {"redis_sampling", read_redis_sampling},
      {"redis_monitor", read_redis_monitor},
  };
  return kinds;
}

}  // namespace stoker::configuration
