// PostgreSQL over TLS: what is loaded, and who is trusted.
#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"
#include "storage/origins/postgres_origin.hpp"
#include "tests/fixtures/postgres_server.hpp"

namespace postgres_tls_test {

using namespace stoker;
using namespace stoker::test;

struct secure_server {
  certificates files;
  postgres_server server{&files};

  postgres_origin_config config(const std::string& host) const {
    postgres_origin_config made;
    made.connection = host + " port=" + std::to_string(server.port()) + " dbname=postgres user=postgres";
    made.statement = "SELECT 'value of ' || $1::text";
    made.tls = postgres_tls{files.certificate("ca"), files.certificate("client"), files.key("client")};
    return made;
  }
};

// Null, with a message, where it can't be run.
const secure_server* shared_server() {
  if (!has_postgres() || !is_installed("openssl")) return nullptr;
  static const secure_server server;
  return &server;
}

load_result load(const postgres_origin_config& config) {
  return postgres_origin{config}.load("k", std::chrono::steady_clock::now() + std::chrono::seconds{10});
}

void check_refused(const postgres_origin_config& config, const std::string& reason) {
  const auto result = load(config);
  BOOST_CHECK(result.outcome != load_outcome::loaded);
  BOOST_CHECK_MESSAGE(result.error.find(reason) != std::string::npos, result.error);
}

}  // namespace postgres_tls_test

BOOST_AUTO_TEST_SUITE(postgres_tls_test)

BOOST_AUTO_TEST_CASE(values_come_over_tls_whatever_the_connection_string_says_of_it) {
  const auto* server = shared_server();
  if (server == nullptr) return;
  BOOST_TEST(load(server->config("host=127.0.0.1 sslmode=disable")).bytes.view() == "value of k");
  // Under a name that is not where it stands.
  BOOST_TEST(load(server->config("host=cache.example hostaddr=127.0.0.1")).bytes.view() == "value of k");
}

BOOST_AUTO_TEST_CASE(a_server_of_another_name_or_authority_is_not_asked) {
  const auto* server = shared_server();
  if (server == nullptr) return;
  check_refused(server->config("host=elsewhere.example hostaddr=127.0.0.1"), "elsewhere.example");
  auto config = server->config("host=127.0.0.1");
  config.tls->ca_file = server->files.certificate("other");
  check_refused(config, "certificate verify failed");
}

BOOST_AUTO_TEST_CASE(a_server_that_wants_to_know_its_client_says_no_to_others) {
  const auto* server = shared_server();
  if (server == nullptr) return;
  auto config = server->config("host=127.0.0.1");
  config.tls->certificate_file = config.tls->key_file = "";
  check_refused(config, "certificate");
}

BOOST_AUTO_TEST_CASE(half_of_a_configuration_is_refused) {
  postgres_origin_config config;
  config.statement = "SELECT $1";
  config.tls = postgres_tls{};
  BOOST_CHECK_THROW(postgres_origin{config}, error);
  config.tls = postgres_tls{"ca.pem", "certificate.pem", ""};
  BOOST_CHECK_THROW(postgres_origin{config}, error);
}

BOOST_AUTO_TEST_SUITE_END()
