// The daemon over its API: by HTTP and by its Unix socket, as clients use it.
#include <signal.h>

#include <boost/test/unit_test.hpp>

#include "tests/apps/daemon/daemon_api.hpp"

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(serve_api)

namespace {

std::string track(const std::string& key) {
  return R"({"key": ")" + key + R"(", "outcome": "miss"})";
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
