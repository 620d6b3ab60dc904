// memcached over TLS: the suite of the seam, and who is trusted.
#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "storage/caches/memcached/memcached_cache.hpp"
#include "tests/fixtures/certificates.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;
namespace data = boost::unit_test::data;

namespace memcached_tls_test {

// A memcached that asks for a client's certificate; it may have been built without TLS.
class tls_memcached {
 public:
  tls_memcached() {
    std::vector<std::string> command{"memcached",           "-l", "127.0.0.1", "-p",
                                     std::to_string(port_), "-t", "2",         "-Z"};
    if (::geteuid() == 0) command.insert(command.end(), {"-u", "root"});  // which it asks for
    command.insert(command.end(), {"-o", "ssl_chain_cert=" + files.certificate("server"), "-o",
                                   "ssl_key=" + files.key("server"), "-o",
                                   "ssl_ca_cert=" + files.certificate("ca"), "-o", "ssl_verify_mode=2"});
    process_ = std::make_unique<server_process>(command, folder_ / "log");
    speaks_ = process_->wait_until([this] { return answers(); });
  }

  memcached_config config() const {
    memcached_config made;
    made.where.host = "127.0.0.1";
    made.where.port = port_;
    made.where.tls =
        tls_settings{files.certificate("ca"), files.certificate("client"), files.key("client"), ""};
    return made;
  }
  bool speaks() const { return speaks_; }

  certificates files;

 private:
  bool answers() const {
    socket_stream stream;
    return stream.open(config().where, std::chrono::steady_clock::now() + std::chrono::seconds{1}) ==
           trouble::none;
  }

  temporary_folder folder_;
  std::uint16_t port_ = free_port();
  std::unique_ptr<server_process> process_;
  bool speaks_ = false;
};

// Null, with a message, where it can't be run.
tls_memcached* shared_server() {
  if (!is_installed("memcached") || !is_installed("openssl")) return nullptr;
  static tls_memcached server;
  if (!server.speaks()) BOOST_TEST_MESSAGE("skipped: this memcached was built without TLS");
  return server.speaks() ? &server : nullptr;
}

void check_distrust(const memcached_config& config) {
  memcached_cache cache{config};
  BOOST_TEST(read(cache, "nothing") == "<denied>");
  BOOST_TEST(cache.last_error().find("certificate") != std::string::npos, cache.last_error());
}

}  // namespace memcached_tls_test

BOOST_AUTO_TEST_SUITE(memcached_tls_test)

BOOST_DATA_TEST_CASE(memcached_does_over_tls_what_the_seam_says, data::make(checks()), check) {
  const auto* server = shared_server();
  if (server == nullptr) return;
  memcached_cache cache{server->config()};
  memcached_cache others{server->config()};
  others.clear(soon());
  check.run({cache, others});
}

BOOST_AUTO_TEST_CASE(only_the_right_memcached_is_talked_to) {
  const auto* server = shared_server();
  if (server == nullptr) return;
  auto config = server->config();
  config.where.tls->server_name = "cache.example";
  memcached_cache named{config};
  BOOST_TEST(read(named, "nothing") == "<miss>");
  config.where.tls->server_name = "elsewhere.example";
  check_distrust(config);
  config = server->config();
  config.where.tls->ca_file = server->files.certificate("other");
  check_distrust(config);
}

BOOST_AUTO_TEST_CASE(a_memcached_that_wants_to_know_its_client_says_no_to_others) {
  const auto* server = shared_server();
  if (server == nullptr) return;
  auto config = server->config();
  config.where.tls->certificate_file = config.where.tls->key_file = "";
  memcached_cache cache{config};
  const auto answer = read(cache, "nothing");
  BOOST_TEST((answer == "<denied>" || answer == "<unavailable>"), answer);
  BOOST_TEST(!cache.last_error().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
