// Talks to a Stoker daemon, or to any host that serves the same control API (apps/control/openapi.json), over
// HTTP, HTTPS or a Unix socket.
//
// Threads: one at a time; every call blocks, within its timeout. Errors: no_daemon_error when nothing answers
// at the address; failure with the server's own words when it refuses, exit_usage where the request was
// wrong, exit_failure else, also when it is not to be trusted: certificates and their names are always
// checked.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "apps/stoker/command_line.hpp"

namespace stoker::cli {

inline constexpr auto default_server = "http://127.0.0.1:8003";

struct connection_options {
  std::string
      server;  // "http://HOST:PORT", "https://HOST:PORT" or "unix:PATH"; empty: STOKER_SERVER, or the default
  std::string token_file;  // empty: the token is in STOKER_TOKEN, or there is none
  std::string token;       // where it is known already
  // Of TLS, files in PEM; empty: the environment says, or the system's authorities, or none.
  std::string authorities;  // whose servers are trusted
  std::string certificate;  // our own
  std::string key;          // its private key
  double timeout_s = 30;    // of one answer
  bool json = false;        // what the server says is printed as it is
};

// --server, --token-file, --ca, --cert, --key, --answer-timeout and --json, the same for every command that
// talks to a daemon.
void add_connection_options(CLI::App& command, connection_options& given);

using query_parameters = std::vector<std::pair<std::string, std::string>>;

struct daemon_answer {
  int status = 0;
  nlohmann::ordered_json body;
};

class daemon_client {
 public:
  // Throws usage_error: an address that is none, a file of a token or of TLS that can't be read. Connects to
  // nothing yet.
  explicit daemon_client(const connection_options& given);
  ~daemon_client();

  // Somebody answers there, whatever. Throws failure when it is somebody who can't be trusted.
  bool answers();
  daemon_answer get(const std::string& path, const query_parameters& query = {});
  daemon_answer post(const std::string& path, const nlohmann::ordered_json& body);

  const std::string& server() const noexcept { return server_; }

 private:
  struct transport;
  struct exchange;

  daemon_answer checked(const exchange& made, const std::string& path) const;

  std::string server_;
  std::unique_ptr<transport> transport_;
};

// The same as one object in text, as --json prints it.
std::string json_text(const nlohmann::ordered_json& json);

// {"key": ...}, or {"key_base64": ...} where it is not UTF-8; as the API takes accesses.
nlohmann::ordered_json key_object(const std::string& key);
// The key itself, or such an object; as the API takes keys among others.
nlohmann::ordered_json key_name(const std::string& key);

// The member of an object, or null: a server that is older than this client knows fewer.
const nlohmann::ordered_json& field(const nlohmann::ordered_json& object, const char* name);
// The same as text, or as a number; of another kind: empty, or 0.
std::string text_of(const nlohmann::ordered_json& object, const char* name);
double number_of(const nlohmann::ordered_json& object, const char* name);
bool flag_of(const nlohmann::ordered_json& object, const char* name);

}  // namespace stoker::cli
