#include <limits>

#include "apps/configuration/secret.hpp"
#include "apps/configuration/setting_readers.hpp"

namespace stoker::configuration {

namespace {

constexpr std::size_t least_token_bytes = 16;
constexpr std::int64_t most_threads = 1024;
constexpr std::int64_t most_connections = 65'536;
constexpr std::int64_t kibibyte = 1024;
constexpr std::int64_t most_header_kb = 1024;
constexpr std::int64_t most_payload_kb = 1 << 20;

std::uint32_t count(section& from, const std::string& key, std::int64_t least, std::int64_t most,
                    std::uint32_t otherwise) {
  return static_cast<std::uint32_t>(from.integer(key, least, most).value_or(otherwise));
}

std::uint64_t kilobytes(section& from, const std::string& key, std::int64_t most, std::uint64_t otherwise) {
  const auto given = from.integer(key, 1, most);
  return given ? static_cast<std::uint64_t>(*given * kibibyte) : otherwise;
}

duration positive_span(section& from, const std::string& key, duration otherwise) {
  const auto given = from.span(key).value_or(otherwise);
  if (given == duration::zero()) from.fail(key, "must be more than nothing");
  return given;
}

// "0660", or a number that TOML writes as 0o660.
std::uint32_t file_mode(section& from, const std::string& key, std::uint32_t otherwise) {
  constexpr std::int64_t all = 0777;
  const auto given = from.integer(key, 0, all);
  return given ? static_cast<std::uint32_t>(*given) : otherwise;
}

void read_limits(section& from, server_settings& into) {
  into.workers = count(from, "workers", 1, most_threads, into.workers);
  into.streams = count(from, "streams", 0, most_threads, into.streams);
  into.waiting_connections =
      count(from, "waiting_connections", 1, most_connections, into.waiting_connections);
  into.runs = count(from, "runs", 1, most_threads, into.runs);
  into.header_bytes = kilobytes(from, "header_kb", most_header_kb, into.header_bytes);
  into.payload_bytes = kilobytes(from, "payload_kb", most_payload_kb, into.payload_bytes);
  into.requests_per_second = from.number("requests_per_second", 0).value_or(into.requests_per_second);
  into.burst = from.number("burst", 1).value_or(into.burst);
  into.request_timeout = positive_span(from, "request_timeout", into.request_timeout);
  into.answer_timeout = positive_span(from, "answer_timeout", into.answer_timeout);
}

const std::map<std::string, log_level> level_words{
    {"trace", log_level::trace},     {"debug", log_level::debug}, {"info", log_level::info},
    {"warning", log_level::warning}, {"error", log_level::error}, {"off", log_level::off}};
const std::map<std::string, bool> format_words{{"json", true}, {"text", false}};

}  // namespace

server_settings read_server(section& from) {
  server_settings read;
  read.where = from.where();
  read.address = from.text("address").value_or(read.address);
  constexpr std::int64_t last_port = std::numeric_limits<std::uint16_t>::max();
  read.port = static_cast<std::uint16_t>(from.integer("port", 0, last_port).value_or(read.port));
  read.socket = from.text("socket").value_or("");
  read.socket_mode = file_mode(from, "socket_mode", read.socket_mode);
  read.token = read_secret(from, "token");
  if (!read.token.empty() && read.token.size() < least_token_bytes)
    from.fail("token", "must have 16 characters at least; `openssl rand -hex 32` makes a good one");
  read.certificate = from.text("certificate").value_or("");
  read.key = from.text("key").value_or("");
  if (read.certificate.empty() != read.key.empty())
    from.fail(read.key.empty() ? "certificate" : "key", "needs the other: a certificate has a key");
  read.client_ca = from.text("client_ca").value_or("");
  if (!read.client_ca.empty() && read.certificate.empty())
    from.fail("client_ca", "needs certificate and key");
  read.host_names = from.texts("host_names");
  read.web_origins = from.texts("web_origins");
  read.ready_deadline = from.span("ready_deadline").value_or(read.ready_deadline);
  read_limits(from, read);
  from.check_keys();
  return read;
}

log_settings read_log(section& from) {
  log_settings read;
  read.level = from.choice("level", level_words).value_or(read.level);
  read.json = from.choice("format", format_words).value_or(read.json);
  from.check_keys();
  return read;
}

}  // namespace stoker::configuration
