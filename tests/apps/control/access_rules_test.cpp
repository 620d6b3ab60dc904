// Who may do what: the rules by themselves, and over a real server.
#include <boost/test/unit_test.hpp>

#include "apps/control/access_rules.hpp"
#include "messages/error.hpp"
#include "tests/apps/control/control_fixture.hpp"

namespace stoker::test {

using namespace control;

BOOST_AUTO_TEST_SUITE(control_access_test)

namespace {

control_options with_token_options() {
  control_options options;
  options.token = test_token;
  return options;
}

control_options beyond_loopback() {
  auto options = with_token_options();
  options.address = "0.0.0.0";
  options.tls = {"cert.pem", "key.pem", ""};
  return options;
}

const std::string bearer = std::string{"Bearer "} + test_token;
constexpr claims nobody{"localhost:8003", {}, {}};

claims someone() {
  return {"localhost:8003", {}, bearer};
}

bool refuses(const control_options& options, const std::string& word) {
  try {
    access_rules rules{options};
  } catch (const error& failure) {
    return failure.code() == errc::invalid_argument &&
           std::string{failure.what()}.find(word) != std::string::npos;
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(anybody_may_read_what_holds_no_keys) {
  access_rules rules{with_token_options()};
  BOOST_TEST((rules.check(access_kind::probe, {}, nobody) == verdict::allowed));
  BOOST_TEST((rules.check(access_kind::read, {}, nobody) == verdict::allowed));
}

BOOST_AUTO_TEST_CASE(keys_need_the_token_unless_they_are_redacted) {
  access_rules rules{with_token_options()};
  BOOST_TEST((rules.check(access_kind::keys, {}, nobody) == verdict::no_token));
  BOOST_TEST((rules.check(access_kind::keys, {}, nobody, true) == verdict::allowed));
  BOOST_TEST((rules.check(access_kind::keys, {}, someone()) == verdict::allowed));
}

BOOST_AUTO_TEST_CASE(changes_need_the_token_a_certificate_or_the_unix_socket) {
  access_rules rules{with_token_options()};
  BOOST_TEST((rules.check(access_kind::change, {}, nobody) == verdict::no_token));
  BOOST_TEST(
      (rules.check(access_kind::change, {}, {"localhost", {}, "Bearer wrong"}) == verdict::wrong_token));
  BOOST_TEST((rules.check(access_kind::change, {}, {"localhost", {}, "Basic abc"}) == verdict::no_token));
  BOOST_TEST((rules.check(access_kind::change, {}, someone()) == verdict::allowed));
  BOOST_TEST((rules.check(access_kind::change, {.unix_socket = true}, nobody) == verdict::allowed));
  BOOST_TEST(
      (rules.check(access_kind::change, {.tls = true, .certified = true}, nobody) == verdict::allowed));
}

BOOST_AUTO_TEST_CASE(without_a_token_nothing_changes_over_tcp) {
  access_rules rules{control_options{}};
  BOOST_TEST((rules.check(access_kind::change, {}, nobody) == verdict::closed));
  BOOST_TEST((rules.check(access_kind::change, {}, {"localhost", {}, "Bearer "}) == verdict::closed));
  BOOST_TEST((rules.check(access_kind::read, {}, nobody) == verdict::allowed));
}

BOOST_AUTO_TEST_CASE(beyond_loopback_everything_but_probes_needs_authentication) {
  access_rules rules{beyond_loopback()};
  BOOST_TEST((rules.check(access_kind::probe, {.tls = true}, nobody) == verdict::allowed));
  BOOST_TEST((rules.check(access_kind::read, {.tls = true}, nobody) == verdict::no_token));
  BOOST_TEST((rules.check(access_kind::keys, {.tls = true}, nobody, true) == verdict::no_token));
  BOOST_TEST((rules.check(access_kind::read, {.tls = true}, someone()) == verdict::allowed));
}

BOOST_AUTO_TEST_CASE(a_host_must_name_this_server) {
  auto options = with_token_options();
  options.host_names = {"warmer.example:8443"};
  access_rules rules{options};
  for (const char* host :
       {"localhost", "LOCALHOST:8003", "127.0.0.1:8003", "[::1]:8003", "10.1.2.3", "warmer.example"})
    BOOST_TEST((rules.check_host({}, {host, {}, {}}) == verdict::allowed), host);
  for (const char* host :
       {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::1", "10.1.2"})
    BOOST_TEST((rules.check_host({}, {host, {}, {}}) == verdict::misdirected), host);
  BOOST_TEST((rules.check_host({.unix_socket = true}, {"anything", {}, {}}) == verdict::allowed));
}

BOOST_AUTO_TEST_CASE(pages_of_other_origins_change_nothing) {
  auto options = with_token_options();
  options.web_origins = {"https://console.example"};
  access_rules rules{options};
  const auto changes_from = [&](const char* origin) {
    return rules.check(access_kind::change, {}, {"localhost:8003", origin, bearer});
  };
  BOOST_TEST((changes_from("http://localhost:8003") == verdict::allowed));
  BOOST_TEST((changes_from("https://console.example") == verdict::allowed));
  for (const char* origin :
       {"http://evil.example", "null", "http://localhost:9000", "https://localhost:8003"})
    BOOST_TEST((changes_from(origin) == verdict::cross_origin), origin);
  BOOST_TEST((rules.check(access_kind::read, {}, {"localhost:8003", "http://evil.example", {}}) ==
              verdict::allowed));
}

BOOST_AUTO_TEST_CASE(options_that_must_not_be_served_are_refused) {
  auto open = beyond_loopback();
  open.tls = {};
  BOOST_TEST(refuses(open, "TLS"));
  auto anonymous = beyond_loopback();
  anonymous.token.clear();
  BOOST_TEST(refuses(anonymous, "token"));
  anonymous.tls.client_authority = "ca.pem";
  BOOST_CHECK_NO_THROW(access_rules{anonymous});
  control_options weak;
  weak.token = "short";
  BOOST_TEST(refuses(weak, "token"));
  control_options nowhere;
  nowhere.address.clear();
  BOOST_TEST(refuses(nowhere, "address"));
  control_options keyless;
  keyless.tls.certificate = "cert.pem";
  BOOST_TEST(refuses(keyless, "tls"));
}

BOOST_AUTO_TEST_CASE(secrets_are_compared_as_a_whole) {
  BOOST_TEST(equal_in_constant_time("secret", "secret"));
  for (const char* given : {"", "s", "secreT", "secrets", "secretsecret"})
    BOOST_TEST(!equal_in_constant_time(given, "secret"), given);
  BOOST_TEST(!equal_in_constant_time("", ""));
}

BOOST_FIXTURE_TEST_CASE(the_server_keeps_the_rules, control_fixture) {
  BOOST_TEST(status_of(client->Get("/warming/top")) == 401);
  BOOST_TEST(client->Get("/warming/top")->get_header_value("WWW-Authenticate") == "Bearer");
  BOOST_TEST(status_of(client->Post("/warming/warm", "{}", "application/json")) == 401);
  BOOST_TEST(status_of(client->Get("/livez", {{"Host", "evil.example"}})) == 421);
  auto headers = with_token();
  headers.emplace("Origin", "http://evil.example");
  const auto answer = client->Post("/warming/warm", headers, "{}", "application/json");
  BOOST_TEST(status_of(answer) == 403);
  BOOST_TEST(body_of(answer)["code"] == "bad_origin");
  BOOST_TEST(server->counters().unauthorized == 4u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
