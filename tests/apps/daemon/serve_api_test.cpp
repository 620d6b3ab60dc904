// The daemon over its API: by HTTP and by its Unix socket, as clients use it.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "storage/http/http_client.hpp"
#include "tests/apps/daemon/served_daemon.hpp"

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(serve_api)

namespace {

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
    return client.perform(request, std::chrono::steady_clock::now() + 30s);
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

std::string track(const std::string& key) {
  return R"({"key": ")" + key + R"(", "outcome": "miss"})";
}

std::uint64_t count_of(const api& client, const std::string& key) {
  const auto top = client.get("/warming/top?cache=pages");
  for (const auto& each : top.at("keys"))
    if (each.at("key") == key) return each.at("count");
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(tells_its_status_over_http_and_over_its_socket) {
  served_daemon daemon;
  daemon.serve();
  for (const auto& client : {api{daemon}, api::over_socket(daemon)}) {
    BOOST_TEST(client.get("/livez").at("status") == "ok");
    BOOST_TEST(client.get("/warming/status").at("caches").at(0).at("cache") == "pages");
  }
  BOOST_TEST(daemon.end(SIGTERM) == 0);
  BOOST_TEST(!std::filesystem::exists(daemon.socket()));
}

BOOST_AUTO_TEST_CASE(warms_from_its_origin_for_who_has_the_token_of_its_folder) {
  served_daemon daemon;
  daemon.serve();
  const api client{daemon};
  const std::string body = R"({"cache": "pages", "strategies": ["priority"], "parameters": {"keys": "a,b"}})";
  BOOST_TEST(client.without_token().ask("POST", "/warming/warm", body).status == 401);
  BOOST_TEST(client.post("/warming/warm", body).at("warmed") == 2);
  BOOST_TEST(client.get("/warming/status").at("caches").at(0).at("entries") == 2);
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(killed_and_started_again_it_knows_what_it_had_learned_and_warms_from_it) {
  served_daemon daemon;
  daemon.configure(
      "[[schedule]]\nid = \"start\"\ncache = \"pages\"\non = \"engine_started\"\nconsiderate = false\n");
  daemon.serve();
  {
    const api client{daemon};
    for (int i = 0; i < 5; ++i) client.post("/track", track("a"));
    client.post("/warming/flush", "{}");
    BOOST_TEST(count_of(client, "a") == 5u);
  }
  daemon.end(SIGKILL);
  daemon.serve();
  const api client{daemon};
  BOOST_TEST(count_of(client, "a") == 5u);
  BOOST_TEST(daemon.process().wait_until(
      [&] { return client.get("/warming/status").at("caches").at(0).at("entries") == 1; }));
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(is_ready_when_its_deadline_is_past_though_its_caches_are_cold) {
  served_daemon daemon;
  daemon.serve({"STOKER_SERVER_READY_DEADLINE=100ms"});
  const api client{daemon};
  BOOST_TEST(daemon.process().wait_until([&] { return client.ask("GET", "/readyz").status == 200; }));
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(an_address_that_is_taken_and_one_that_is_open_to_all_are_refused) {
  served_daemon daemon;
  daemon.serve();
  served_daemon other;
  other.start({"STOKER_SERVER_PORT=" + std::to_string(daemon.port())});
  BOOST_TEST(other.ended() == 1);
  other.start({"STOKER_SERVER_ADDRESS=0.0.0.0"});  // without TLS
  BOOST_TEST(other.ended() == 2);
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
