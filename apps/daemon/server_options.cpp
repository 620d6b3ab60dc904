#include "apps/daemon/server_options.hpp"

namespace stoker::daemon {

namespace {

control::control_limits limits_of(const configuration::server_settings& server) {
  control::control_limits limits;
  limits.workers = server.workers;
  limits.streams = server.streams;
  limits.waiting_connections = server.waiting_connections;
  limits.runs = server.runs;
  limits.header_bytes = server.header_bytes;
  limits.payload_bytes = server.payload_bytes;
  limits.requests_per_second = server.requests_per_second;
  limits.burst = server.burst;
  limits.request_timeout = server.request_timeout;
  limits.answer_timeout = server.answer_timeout;
  return limits;
}

}  // namespace

control::control_options options_of(const configuration::server_settings& server) {
  control::control_options options;
  options.address = server.address;
  options.port = server.port;
  options.unix_path = server.socket;
  options.unix_mode = server.socket_mode;
  options.token = server.token;
  options.tls = {server.certificate, server.key, server.client_ca};
  options.host_names = server.host_names;
  options.web_origins = server.web_origins;
  options.readiness_deadline = server.ready_deadline;
  options.limits = limits_of(server);
  return options;
}

}  // namespace stoker::daemon
