// Redis over TLS: the suite of the seam, and who is trusted.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"
#include "tests/fixtures/certificates.hpp"
#include "tests/storage/caches/redis_server.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(redis_tls_test)

namespace {

bool are_installed() {
  return is_installed("redis-server") && is_installed("openssl");
}

// A server that asks for a client's certificate.
struct tls_server {
  certificates files;
  std::uint16_t port = free_port();
  redis_server server{{"--tls-port", std::to_string(port), "--tls-cert-file", files.certificate("server"),
                       "--tls-key-file", files.key("server"), "--tls-ca-cert-file", files.certificate("ca"),
                       "--bind", "127.0.0.1", "--maxmemory", "200mb"}};

  redis_config config() const {
    redis_config made;
    made.where.host = "127.0.0.1";
    made.where.port = port;
    made.where.tls =
        tls_settings{files.certificate("ca"), files.certificate("client"), files.key("client"), ""};
    return made;
  }
};

tls_server& shared_server() {
  static tls_server server;
  return server;
}

// What becomes of a first question.
std::string first_read(const redis_config& config) {
  redis_cache cache{config};
  return read(cache, "nothing");
}

void check_distrust(const redis_config& config, const std::string& part) {
  redis_cache cache{config};
  BOOST_TEST(read(cache, "nothing") == "<denied>");
  BOOST_TEST(cache.last_error().find(part) != std::string::npos, cache.last_error());
}

}  // namespace

BOOST_DATA_TEST_CASE(redis_does_over_tls_what_the_seam_says, data::make(checks()), check) {
  if (!are_installed()) return;
  redis_cache cache{shared_server().config()};
  redis_cache others{shared_server().server.config()};
  others.clear(soon());
  check.run({cache, others});
}

BOOST_AUTO_TEST_CASE(large_values_pass_in_both_directions_at_once) {
  if (!are_installed()) return;
  redis_cache cache{shared_server().config()};
  cache.clear(soon());
  const std::string large(1 << 20, 'x');
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) names.push_back("large " + std::to_string(i));
  std::vector<remote_entry> entries;
  std::vector<std::string_view> keys;
  for (const auto& name : names) {
    entries.push_back(entry(name, large));
    keys.push_back(name);
  }
  for (const auto& outcome : cache.put(entries, soon())) BOOST_TEST((outcome.result == fill_result::stored));
  for (const auto& found : cache.read(keys, soon())) BOOST_TEST((found.bytes.view() == large));
}

BOOST_AUTO_TEST_CASE(the_servers_name_or_address_is_checked) {
  if (!are_installed()) return;
  auto config = shared_server().config();
  BOOST_TEST(first_read(config) == "<miss>");
  config.where.tls->server_name = "cache.example";
  BOOST_TEST(first_read(config) == "<miss>");
  config.where.tls->server_name = "elsewhere.example";
  check_distrust(config, "certificate");
  config.where.tls->server_name = "127.0.0.2";
  check_distrust(config, "certificate");
}

BOOST_AUTO_TEST_CASE(a_server_of_an_unknown_authority_is_not_talked_to) {
  if (!are_installed()) return;
  auto config = shared_server().config();
  config.where.tls->ca_file = shared_server().files.certificate("other");
  check_distrust(config, "certificate");
}

BOOST_AUTO_TEST_CASE(a_server_that_wants_to_know_its_client_says_no_to_others) {
  if (!are_installed()) return;
  auto config = shared_server().config();
  config.where.tls->certificate_file = config.where.tls->key_file = "";
  redis_cache cache{config};
  const auto answer = read(cache, "nothing");
  BOOST_TEST((answer == "<denied>" || answer == "<unavailable>"), answer);
  BOOST_TEST(!cache.last_error().empty());
}

BOOST_AUTO_TEST_CASE(a_server_without_tls_is_no_server) {
  if (!are_installed()) return;
  const auto port = free_port();
  const redis_server plain{{"--port", std::to_string(port), "--bind", "127.0.0.1"}};
  auto config = shared_server().config();
  config.where.port = port;
  redis_cache cache{config};
  const std::string_view asked = "nothing";
  // It takes the greeting for the beginning of a command, and waits for the rest.
  const auto deadline = deadline_clock::now() + std::chrono::seconds{1};
  const auto answer = cache.read({&asked, 1}, deadline).front().there;
  BOOST_TEST((answer.state == residency::unknown));
  BOOST_TEST((answer.why == trouble::timed_out), to_string(answer.why));
}

BOOST_AUTO_TEST_CASE(a_connection_is_made_again_when_the_server_is_back) {
  if (!are_installed()) return;
  tls_server own;
  redis_cache cache{own.config()};
  BOOST_TEST((put(cache, "a", "1") == fill_result::stored));
  own.server.process().stop();
  own.server.start();
  BOOST_TEST(read(cache, "a") == "<miss>");
  BOOST_TEST(cache.stats(soon()).connections == 2u);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_used_are_named_at_once) {
  if (!are_installed()) return;
  const auto check = [](auto change, const std::string& part) {
    auto config = shared_server().config();
    change(config.where);
    BOOST_CHECK_EXCEPTION(redis_cache{config}, error, [&](const error& e) {
      return std::string{e.what()}.find(part) != std::string::npos;
    });
  };
  check([](endpoint& where) { where.tls->ca_file = "/nowhere"; }, "authority's certificate /nowhere");
  check([](endpoint& where) { where.tls->key_file = shared_server().files.key("other"); }, "client's key");
  check([](endpoint& where) { where.tls->key_file = ""; }, "both");
  check([](endpoint& where) { where.socket_path = "/s"; }, "Unix socket");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
