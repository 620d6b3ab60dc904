// Asks a daemon over its API, as clients do.
#pragma once

#include <nlohmann/json.hpp>

#include "storage/http/http_client.hpp"
#include "tests/apps/daemon/served_daemon.hpp"

namespace stoker::test {

// One that asks over TCP, or over the socket, which needs no token.
class api {
 public:
  explicit api(const served_daemon& daemon) : base_("http://127.0.0.1:" + std::to_string(daemon.port())) {
    std::ifstream file{daemon.state() + "/control.token"};
    file >> token_;
  }
  static api over_socket(const served_daemon& daemon) {
    api made{daemon};
    made.base_ = "http://localhost";
    made.token_.clear();
    made.socket_ = daemon.socket();
    return made;
  }
  api without_token() const {
    auto made = *this;
    made.token_.clear();
    return made;
  }

  http_answer ask(const std::string& method, const std::string& path, const std::string& body = {}) const {
    http_client_config config;
    config.socket_path = socket_;
    http_client client{config};
    http_request request{method, base_ + path, {}, body};
    if (!token_.empty()) request.headers.push_back("Authorization: Bearer " + token_);
    if (!body.empty()) request.headers.emplace_back("Content-Type: application/json");
    return client.perform(request, std::chrono::steady_clock::now() + std::chrono::seconds{30});
  }
  nlohmann::json get(const std::string& path) const { return json(ask("GET", path)); }
  nlohmann::json post(const std::string& path, const std::string& body) const {
    return json(ask("POST", path, body));
  }

 private:
  static nlohmann::json json(const http_answer& answer) {
    BOOST_REQUIRE_MESSAGE(answer.status / 100 == 2, answer.status << ' ' << answer.error << answer.body);
    return nlohmann::json::parse(answer.body);
  }

  std::string base_;
  std::string token_;
  std::string socket_{};
};

// How often a key of the cache "pages" was accessed, as the daemon tells.
inline std::uint64_t count_of(const api& client, const std::string& key) {
  const auto top = client.get("/warming/top?cache=pages");
  for (const auto& each : top.at("keys"))
    if (each.at("key") == key) return each.at("count");
  return 0;
}

}  // namespace stoker::test
