#include "apps/stoker/configured_daemon.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "apps/daemon/state_folder.hpp"
#include "messages/error.hpp"

namespace stoker::cli {

namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// Where it listens everywhere: by the name that its certificate is likely to have.
std::string host_of(const configuration::server_settings& server) {
  if (server.address != "0.0.0.0" && server.address != "::") return server.address;
  return server.host_names.empty() ? "localhost" : server.host_names.front();
}

std::string address_of(const configuration::server_settings& server) {
  if (!server.socket.empty()) return "unix:" + server.socket;  // needs no token
  const auto host = host_of(server);
  const auto six = host.find(':') != std::string::npos;
  return fmt::format("{}://{}:{}", server.certificate.empty() ? "http" : "https",
                     six ? "[" + host + "]" : host, server.port);
}

}  // namespace

std::string configuration_or_usual(const std::string& given) {
  if (!given.empty()) return given;
  return ::access(usual_configuration, R_OK) == 0 ? usual_configuration : "";
}

configuration::daemon_settings read_settings(const std::string& configuration) {
  try {
    return configuration::read_daemon_file(configuration, configuration::environment_of_process());
  } catch (const error& mistake) {
    throw usage_error{mistake.what()};
  }
}

connection_options reach(const configuration::daemon_settings& settings, connection_options given) {
  if (!given.server.empty() || is_set("STOKER_SERVER")) return given;
  given.server = address_of(settings.server);
  if (!given.token_file.empty() || is_set("STOKER_TOKEN")) return given;
  given.token = settings.server.token;
  const auto file = daemon::token_file(settings.folder).string();
  if (given.token.empty() && ::access(file.c_str(), R_OK) == 0) given.token_file = file;
  return given;
}

}  // namespace stoker::cli
