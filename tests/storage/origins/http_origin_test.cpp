// The HTTP origin against servers of the test's own that answer well, badly, late or not at all.
#include "storage/origins/http_origin.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "messages/error.hpp"
#include "tests/fixtures/gate.hpp"
#include "tests/fixtures/http_server.hpp"
#include "tests/fixtures/server_process.hpp"
#include "tests/fixtures/temporary_folder.hpp"

BOOST_AUTO_TEST_SUITE(http_origin_suite)

namespace {

using namespace stoker;
using namespace stoker::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::chrono::steady_clock::time_point in(duration span) {
  return std::chrono::steady_clock::now() + span;
}

http_origin_config config_for(const std::string& url) {
  http_origin_config config;
  config.urls = {{"user:{id}", url + "/users/{id}"}};
  return config;
}

// What a server's one answer comes to.
load_result answered(said_answer said, const std::function<void(http_origin_config&)>& change = {}) {
  const http_server server{[&](const heard_request&) { return said; }};
  auto config = config_for(server.url());
  if (change) change(config);
  http_origin origin{config};
  return origin.load("user:7", in(seconds{10}));
}

load_outcome outcome(int status, const std::string& headers = "") {
  return answered(answer(status, "v", headers)).outcome;
}

duration ttl(const std::string& headers) {
  return answered(answer(200, "v", headers)).ttl;
}

BOOST_AUTO_TEST_CASE(loads_the_body_of_the_url_that_the_key_makes) {
  const std::string all_bytes("\0\r\n\xff", 4);
  http_server server{[&](const heard_request&) { return answer(200, all_bytes); }};
  auto config = config_for(server.url());
  config.headers = {"Authorization: Bearer t", "Accept-Language: de"};
  http_origin origin{config};
  const auto loaded = origin.load("user:a b", in(seconds{10}));
  BOOST_TEST((loaded.outcome == load_outcome::loaded));
  BOOST_TEST(loaded.bytes.view() == all_bytes);
  BOOST_TEST((loaded.ttl == duration::zero()));
  BOOST_TEST(server.last().target == "/users/a%20b");
  BOOST_TEST(server.last().header("authorization") == "Bearer t");
  BOOST_TEST(server.last().header("accept-language") == "de");
  BOOST_TEST(origin.stats().of(load_outcome::loaded) == 1u);
}

BOOST_AUTO_TEST_CASE(a_key_that_no_rule_matches_is_refused_and_asks_nobody) {
  http_server server{[](const heard_request&) { return answer(200, "v"); }};
  http_origin origin{config_for(server.url())};
  BOOST_TEST((origin.load("page:7", in(seconds{1})).outcome == load_outcome::refused));
  BOOST_TEST((origin.load("user:..", in(seconds{1})).outcome == load_outcome::refused));
  BOOST_TEST(server.connections() == 0);
  BOOST_TEST(origin.stats().of(trouble::unsupported) == 2u);
}

BOOST_AUTO_TEST_CASE(statuses_have_their_outcomes) {
  for (const int status : {200, 203}) BOOST_TEST((outcome(status) == load_outcome::loaded));
  for (const int status : {404, 410}) BOOST_TEST((outcome(status) == load_outcome::absent));
  for (const int status : {429, 503}) BOOST_TEST((outcome(status) == load_outcome::throttled));
  for (const int status : {408, 500, 502, 504}) BOOST_TEST((outcome(status) == load_outcome::failed));
  for (const int status : {301, 400, 401, 403, 405, 418})
    BOOST_TEST((outcome(status) == load_outcome::refused));
}

BOOST_AUTO_TEST_CASE(a_throttled_load_tells_for_how_long) {
  BOOST_TEST((answered(answer(429, "", "Retry-After: 30\r\n")).retry_after == seconds{30}));
  BOOST_TEST((answered(answer(503, "",
                              "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                              "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n"))
                  .retry_after == seconds{60}));
  BOOST_TEST((answered(answer(429, "")).retry_after == duration::zero()));
}

BOOST_AUTO_TEST_CASE(the_ttl_is_the_answers) {
  BOOST_TEST((ttl("Cache-Control: max-age=60\r\nAge: 20\r\n") == seconds{40}));
  BOOST_TEST((ttl("Cache-Control: no-store\r\n") == milliseconds{1}));
  BOOST_TEST((ttl("Cache-Control: max-age=0\r\n") == milliseconds{1}));
  BOOST_TEST((ttl("") == duration::zero()));
  const auto ignored = answered(answer(200, "v", "Cache-Control: max-age=60\r\n"),
                                [](http_origin_config& config) { config.ttl_from_answer = false; });
  BOOST_TEST((ignored.ttl == duration::zero()));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_too_long_is_refused) {
  const auto shorten = [](http_origin_config& config) { config.client.max_body_bytes = 100; };
  BOOST_TEST((answered(answer(200, std::string(100, 'v')), shorten).outcome == load_outcome::loaded));
  const auto refused = answered(answer(200, std::string(101, 'v')), shorten);
  BOOST_TEST((refused.outcome == load_outcome::refused));
  BOOST_TEST(refused.error.find("longer than 100 bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(redirects_are_followed_only_when_allowed) {
  http_server server{[](const heard_request& heard) {
    if (heard.target == "/users/7")
      return answer(302, "", "Location: /there\r\nCache-Control: max-age=1\r\n");
    return answer(200, "there");
  }};
  auto config = config_for(server.url());
  const auto refused = http_origin{config}.load("user:7", in(seconds{10}));
  BOOST_TEST((refused.outcome == load_outcome::refused));
  BOOST_TEST(refused.error.find("/there") != std::string::npos);
  config.client.max_redirects = 1;
  const auto followed = http_origin{config}.load("user:7", in(seconds{10}));
  BOOST_TEST(followed.bytes.view() == "there");
  BOOST_TEST((followed.ttl == duration::zero()));
}

BOOST_AUTO_TEST_CASE(connections_are_kept_and_bounded) {
  gate together;
  http_server server{[&](const heard_request& heard) {
    if (heard.target != "/users/first") together.enter();
    return answer(200, "v");
  }};
  auto config = config_for(server.url());
  config.client.connections = 2;
  http_origin origin{config};
  origin.load("user:first", in(seconds{10}));
  origin.load("user:first", in(seconds{10}));
  BOOST_TEST(server.connections() == 1);
  std::vector<std::thread> users;
  std::atomic<int> loaded{0};
  for (int i = 0; i < 6; ++i)
    users.emplace_back([&] {
      if (origin.load("user:1", in(seconds{30})).outcome == load_outcome::loaded) ++loaded;
    });
  together.wait_until_entered(2);
  const auto late = origin.load("user:late", in(milliseconds{20}));
  BOOST_TEST((late.outcome == load_outcome::failed));
  BOOST_TEST(late.error.find("every connection was busy") != std::string::npos);
  together.open();
  for (auto& user : users) user.join();
  BOOST_TEST(loaded == 6);
  BOOST_TEST(server.most_at_once() == 2);
  BOOST_TEST(server.connections() == 2);
}

BOOST_AUTO_TEST_CASE(a_kept_connection_that_was_closed_costs_nobody_anything) {
  http_server server{[](const heard_request&) {
    auto said = answer(200, "v");
    said.close = true;  // without having said so
    return said;
  }};
  http_origin origin{config_for(server.url())};
  for (int i = 0; i < 3; ++i)
    BOOST_TEST((origin.load("user:1", in(seconds{10})).outcome == load_outcome::loaded));
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_holds_nobody_beyond_the_deadline) {
  for (const char* begun : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"}) {
    http_server server{[&](const heard_request&) { return said_answer{begun, false, true}; }};
    http_origin origin{config_for(server.url())};
    const auto hung = origin.load("user:1", in(milliseconds{50}));
    BOOST_TEST((hung.outcome == load_outcome::failed));
    BOOST_TEST(hung.error.starts_with("timed out: "));
    BOOST_TEST(origin.stats().of(trouble::timed_out) == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_is_absent_is_unavailable_and_found_when_it_comes) {
  const auto port = free_port();
  http_origin origin{config_for("http://127.0.0.1:" + std::to_string(port))};
  const auto alone = origin.load("user:1", in(seconds{10}));
  BOOST_TEST((alone.outcome == load_outcome::failed));
  BOOST_TEST(alone.error.starts_with("unavailable: "));
  const http_server server{[](const heard_request&) { return answer(200, "v"); }, port};
  BOOST_TEST((origin.load("user:1", in(seconds{10})).outcome == load_outcome::loaded));
}

BOOST_AUTO_TEST_CASE(a_server_that_dies_in_an_answer_is_unavailable) {
  for (const char* begun : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"}) {
    const auto died = answered({begun, true});
    BOOST_TEST((died.outcome == load_outcome::failed));
    BOOST_TEST(died.error.starts_with("unavailable: "));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_http_is_garbled) {
  const auto garbage = answered({"+PONG\r\n", true});
  BOOST_TEST((garbage.outcome == load_outcome::failed));
  BOOST_TEST(garbage.error.starts_with("garbled: "));
}

BOOST_AUTO_TEST_CASE(refused_authentication_is_denied) {
  http_server server{[](const heard_request&) { return answer(401, "who are you?"); }};
  http_origin origin{config_for(server.url())};
  BOOST_TEST((origin.load("user:1", in(seconds{10})).outcome == load_outcome::refused));
  BOOST_TEST(origin.stats().of(trouble::denied) == 1u);
}

BOOST_AUTO_TEST_CASE(recovers_by_itself_after_errors) {
  std::atomic<int> count{0};
  http_server server{[&](const heard_request&) {
    switch (count++) {
      case 0:
        return answer(500, "oops");
      case 1:
        return answer(429, "", "Retry-After: 1\r\n");
      case 2:
        return said_answer{"garbage\r\n\r\n", true};
      default:
        return answer(200, "v");
    }
  }};
  http_origin origin{config_for(server.url())};
  for (int i = 0; i < 3; ++i)
    BOOST_TEST((origin.load("user:1", in(seconds{10})).outcome != load_outcome::loaded));
  BOOST_TEST((origin.load("user:1", in(seconds{10})).outcome == load_outcome::loaded));
  const auto stats = origin.stats();
  BOOST_TEST(stats.of(load_outcome::failed) == 2u);
  BOOST_TEST(stats.of(load_outcome::throttled) == 1u);
  BOOST_TEST(stats.of(trouble::garbled) == 1u);
}

BOOST_AUTO_TEST_CASE(a_certificate_is_trusted_only_when_its_authority_is) {
  if (!is_installed("openssl")) return;
  const temporary_folder folder;
  const auto key = folder / "key.pem";
  const auto certificate = folder / "cert.pem";
  const auto log = folder / "log";
  server_process making{
      {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
       "-days", "2", "-subj", "/CN=stoker", "-addext", "subjectAltName=IP:127.0.0.1"},
      log};
  BOOST_TEST(making.wait_for_end() == 0);
  const auto port = std::to_string(free_port());
  server_process server{
      {"openssl", "s_server", "-accept", "127.0.0.1:" + port, "-cert", certificate, "-key", key, "-www"},
      log};
  auto config = config_for("https://127.0.0.1:" + port);
  config.client.ca_file = certificate;
  http_origin trusting{config};
  BOOST_TEST(server.wait_until(
      [&] { return trusting.load("user:1", in(seconds{5})).outcome == load_outcome::loaded; }));
  config.client.ca_file.clear();
  http_origin wary{config};
  const auto refused = wary.load("user:1", in(seconds{5}));
  BOOST_TEST((refused.outcome == load_outcome::refused));
  BOOST_TEST(refused.error.starts_with("denied: "));
  auto wrong_name = config_for("https://localhost:" + port);
  wrong_name.client.ca_file = certificate;
  BOOST_TEST((http_origin{wrong_name}.load("user:1", in(seconds{5})).outcome == load_outcome::refused));
  // The certificate must be for whom the URL names, wherever that is connected to.
  auto elsewhere = config_for("https://127.0.0.1:1");
  elsewhere.client.ca_file = certificate;
  elsewhere.client.connect_to = "127.0.0.1:" + port;
  BOOST_TEST((http_origin{elsewhere}.load("user:1", in(seconds{5})).outcome == load_outcome::loaded));
  auto another_name = config_for("https://cache.example");
  another_name.client = elsewhere.client;
  BOOST_TEST((http_origin{another_name}.load("user:1", in(seconds{5})).outcome == load_outcome::refused));
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_configuration_are_told) {
  auto config = config_for("http://h");
  config.headers = {"no colon"};
  BOOST_CHECK_THROW(http_origin{config}, error);
  auto nowhere = config_for("http://h");
  for (const auto* place : {"h", ":80", "h:", "h:x", "h /:80"}) {
    nowhere.client.connect_to = place;
    BOOST_CHECK_THROW(http_origin{nowhere}, error);
  }
  nowhere.client.connect_to = "h:80";
  BOOST_CHECK_NO_THROW(http_origin{nowhere});
  nowhere.client.socket_path = "/s";
  BOOST_CHECK_THROW(http_origin{nowhere}, error);
  config.headers = {"X: a\r\nY: b"};
  BOOST_CHECK_THROW(http_origin{config}, error);
  BOOST_CHECK_THROW(http_origin{http_origin_config{}}, error);
  config = config_for("http://h");
  config.client.connections = 0;
  BOOST_CHECK_THROW(http_origin{config}, error);
  config = config_for("http://h");
  config.client.key_file = "k";
  BOOST_CHECK_THROW(http_origin{config}, error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
