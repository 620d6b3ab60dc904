#include "apps/stoker/daemon_client.hpp"

#include <absl/strings/escaping.h>
#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "apps/configuration/daemon_settings.hpp"
#include "apps/daemon/state_folder.hpp"

namespace stoker::cli {

namespace {

const std::string unix_prefix = "unix:";
const std::string tls_prefix = "https://";
constexpr auto connect_timeout = std::chrono::seconds{3};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string{value};
}

std::string server_of(const connection_options& given) {
  if (!given.server.empty()) return given.server;
  const auto configured = environment("STOKER_SERVER");
  return configured.empty() ? std::string{default_server} : configured;
}

// Of the daemon that this user runs at the usual place, where its token can be read. It is not given to
// anybody who has taken its port while it does not run: the lock on its folder tells.
std::string token_of_own_daemon(const connection_options& given) {
  if (server_of(given) != default_server) return {};
  const std::filesystem::path folder = configuration::usual_state_folder();
  if (!daemon::holder_of(folder)) return {};
  std::ifstream file{daemon::token_file(folder)};
  std::string token;
  std::getline(file, token);
  return token;
}

std::string token_of(const connection_options& given) {
  if (!given.token.empty()) return given.token;
  if (given.token_file.empty()) {
    const auto configured = environment("STOKER_TOKEN");
    return configured.empty() ? token_of_own_daemon(given) : configured;
  }
  std::ifstream file{given.token_file};
  std::string token;
  if (!std::getline(file, token) || token.empty())
    throw usage_error{
        fmt::format("--token-file {}: there is no token in it, or it can't be read", given.token_file)};
  return token;
}

std::string file_of(const std::string& given, const char* variable, const char* option) {
  auto file = given.empty() ? environment(variable) : given;
  if (!file.empty() && ::access(file.c_str(), R_OK) != 0)
    throw usage_error{fmt::format("{} {}: it can't be read (also taken from {})", option, file, variable)};
  return file;
}

std::unique_ptr<httplib::Client> over_tls(const std::string& server, const connection_options& given) {
  const auto authorities = file_of(given.authorities, "STOKER_CA", "--ca");
  const auto certificate = file_of(given.certificate, "STOKER_CERT", "--cert");
  const auto key = file_of(given.key, "STOKER_KEY", "--key");
  if (certificate.empty() != key.empty())
    throw usage_error{"a certificate of one's own needs --cert and --key (or STOKER_CERT and STOKER_KEY)"};
  auto client = std::make_unique<httplib::Client>(server, certificate, key);
  if (!client->is_valid())
    throw usage_error{
        fmt::format("--cert {}, --key {}: they are no certificate and its key, in PEM", certificate, key)};
  client->enable_server_certificate_verification(true);
  if (!authorities.empty()) client->set_ca_cert_path(authorities.c_str());
  return client;
}

std::unique_ptr<httplib::Client> connection_to(const std::string& server, const connection_options& given) {
  if (server.starts_with(unix_prefix)) {
    auto client = std::make_unique<httplib::Client>(server.substr(unix_prefix.size()), 80);
    client->set_address_family(AF_UNIX);
    return client;
  }
  if (server.starts_with(tls_prefix)) return over_tls(server, given);
  if (!server.starts_with("http://"))
    throw usage_error{fmt::format(
        "--server \"{}\" is no address; write http://HOST:PORT, https://HOST:PORT or unix:PATH", server)};
  return std::make_unique<httplib::Client>(server);
}

bool is_utf8(const std::string& text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

// The server's own words: `detail` of a problem, which says what to do.
std::string words_of(const daemon_answer& answer, const std::string& server) {
  const auto& body = answer.body;
  for (const auto* field : {"detail", "title"})
    if (body.is_object() && body.contains(field) && body.at(field).is_string() && body.at(field) != "")
      return body.at(field).get<std::string>();
  return fmt::format("{} answered with status {}", server, answer.status);
}

// httplib calls a refused connection "Connection".
std::string words_of(httplib::Error error) {
  return error == httplib::Error::Connection ? "can't connect" : httplib::to_string(error);
}

[[noreturn]] void refuse(const daemon_answer& answer, const std::string& server) {
  const auto words = words_of(answer, server);
  switch (answer.status) {
    case 401:
    case 403:
      throw failure{exit_failure, words + " (the token is taken from STOKER_TOKEN or --token-file)"};
    case 400:
    case 404:
      throw usage_error{words};
    default:
      throw failure{exit_failure, words};
  }
}

// Why the connection is not to be trusted; empty: TLS is not what failed.
std::string distrust(httplib::Error error, long verified) {
  switch (error) {
    case httplib::Error::SSLServerVerification:
      return fmt::format("is not trusted: {} (--ca names the certificates of authorities that are)",
                         verified == X509_V_OK ? "its certificate is for another name"
                                               : X509_verify_cert_error_string(verified));
    case httplib::Error::SSLLoadingCerts:
      return "can't be checked: the file of --ca holds no certificates in PEM";
    case httplib::Error::SSLConnection:
      return "agrees on no TLS: does it speak https there, and take the certificate of --cert?";
    default:
      return {};
  }
}

}  // namespace

struct daemon_client::transport {
  std::unique_ptr<httplib::Client> client;
  std::chrono::milliseconds timeout{};

  exchange make(const std::function<httplib::Result(httplib::Client&)>& request) const;
};

struct daemon_client::exchange {
  httplib::Result result;
  std::string distrust;
  bool in_time = true;  // it ended before an answer would have been late
};

daemon_client::exchange daemon_client::transport::make(
    const std::function<httplib::Result(httplib::Client&)>& request) const {
  const auto begin = std::chrono::steady_clock::now();
  auto result = request(*client);
  auto why =
      result ? std::string{} : stoker::cli::distrust(result.error(), client->get_openssl_verify_result());
  return {std::move(result), std::move(why), std::chrono::steady_clock::now() - begin < timeout};
}

// Throws what the header says unless the server did what it was asked for.
daemon_answer daemon_client::checked(const exchange& made, const std::string& path) const {
  const auto& result = made.result;
  if (!made.distrust.empty()) throw failure{exit_failure, server_ + ' ' + made.distrust};
  if (!result && (result.error() == httplib::Error::Read || result.error() == httplib::Error::Write))
    throw failure{
        exit_failure,
        made.in_time
            ? fmt::format("{} ended the connection without an answer to {}; a server of https does so to "
                          "http, and to a certificate (--cert) that it does not take",
                          server_, path)
            : fmt::format("{} gave no answer to {} in time (--answer-timeout)", server_, path)};
  if (!result)
    throw no_daemon_error{
        fmt::format("no daemon answers at {} ({}); start one with \"stoker serve\", or name it with --server",
                    server_, words_of(result.error()))};
  daemon_answer answer{result->status, nlohmann::ordered_json::parse(result->body, nullptr, false)};
  if (answer.status >= 300) refuse(answer, server_);
  if (answer.body.is_discarded())
    throw failure{exit_failure,
                  fmt::format("{} does not answer {} with JSON: is it a Stoker?", server_, path)};
  return answer;
}

daemon_client::daemon_client(const connection_options& given)
    : server_(server_of(given)), transport_(std::make_unique<transport>()) {
  transport_->client = connection_to(server_, given);
  auto& client = *transport_->client;
  client.set_connection_timeout(connect_timeout);
  const auto timeout = std::chrono::milliseconds{static_cast<std::int64_t>(given.timeout_s * 1000)};
  transport_->timeout = timeout;
  client.set_read_timeout(timeout);
  client.set_write_timeout(timeout);
  client.set_keep_alive(true);
  httplib::Headers headers;
  if (server_.starts_with(unix_prefix)) headers.emplace("Host", "localhost");
  if (const auto token = token_of(given); !token.empty()) headers.emplace("Authorization", "Bearer " + token);
  client.set_default_headers(headers);
}

daemon_client::~daemon_client() = default;

bool daemon_client::answers() {
  const auto made = transport_->make([](httplib::Client& client) { return client.Get("/livez"); });
  if (!made.distrust.empty()) throw failure{exit_failure, server_ + ' ' + made.distrust};
  return static_cast<bool>(made.result);
}

daemon_answer daemon_client::get(const std::string& path, const query_parameters& query) {
  httplib::Params parameters;
  for (const auto& [name, value] : query) parameters.emplace(name, value);
  return checked(transport_->make([&](httplib::Client& client) {
    return client.Get(path, parameters, httplib::Headers{});
  }),
                 path);
}

daemon_answer daemon_client::post(const std::string& path, const nlohmann::ordered_json& body) {
  const auto text = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return checked(
      transport_->make([&](httplib::Client& client) { return client.Post(path, text, "application/json"); }),
      path);
}

std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

nlohmann::ordered_json key_object(const std::string& key) {
  if (is_utf8(key)) return {{"key", key}};
  return {{"key_base64", absl::Base64Escape(key)}};
}

nlohmann::ordered_json key_name(const std::string& key) {
  return is_utf8(key) ? nlohmann::ordered_json(key) : key_object(key);
}

const nlohmann::ordered_json& field(const nlohmann::ordered_json& object, const char* name) {
  static const nlohmann::ordered_json none;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : none;
}

std::string text_of(const nlohmann::ordered_json& object, const char* name) {
  const auto& value = field(object, name);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

double number_of(const nlohmann::ordered_json& object, const char* name) {
  const auto& value = field(object, name);
  return value.is_number() ? value.get<double>() : 0;
}

bool flag_of(const nlohmann::ordered_json& object, const char* name) {
  const auto& value = field(object, name);
  return value.is_boolean() && value.get<bool>();
}

void add_connection_options(CLI::App& command, connection_options& given) {
  command.add_flag("--json", given.json, "Print what the server says, as JSON");
  const auto group = "Connection";
  command
      .add_option(
          "--server", given.server,
          fmt::format(
              "Of the daemon: http://HOST:PORT, https://HOST:PORT or unix:PATH; default: STOKER_SERVER, "
              "or {}",
              default_server))
      ->group(group);
  command
      .add_option("--token-file", given.token_file,
                  "A file that holds the token; default: the token in STOKER_TOKEN")
      ->group(group);
  const auto file = [&](const char* name, std::string& into, const char* text) {
    command.add_option(name, into, text)->group(group)->type_name("FILE");
  };
  file("--ca", given.authorities,
       "Certificates (PEM) of the authorities that an https server may have its own from; default: "
       "STOKER_CA, or the "
       "system's");
  file("--cert", given.certificate,
       "Our own certificate (PEM), for a server that asks for one; default: STOKER_CERT");
  file("--key", given.key, "Its private key (PEM); default: STOKER_KEY");
  command.add_option("--answer-timeout", given.timeout_s, "Seconds that one answer may take")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group(group);
}

}  // namespace stoker::cli
