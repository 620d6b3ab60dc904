// Ways in: the Unix socket, TLS with and without client certificates, and what is refused when it is bound.
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/apps/control/control_fixture.hpp"
#include "tests/apps/control/raw_client.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(control_transport_test)

namespace {

bool run(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

bool openssl_is_installed() {
  if (run("openssl version")) return true;
  BOOST_TEST_MESSAGE("skipped: openssl is not installed");
  return false;
}

// An authority, a server's certificate and a client's that it signed, and a stranger's.
struct certificates {
  explicit certificates(const std::string& folder) : at(folder + "/") {
    const std::string key = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 ";
    made = run(key + "-subj /CN=authority -keyout " + at + "ca.key -out " + at + "ca.pem") &&
           run(key + "-subj /CN=stranger -keyout " + at + "stranger.key -out " + at + "stranger.pem") &&
           sign("server") && sign("client");
  }

  bool sign(const std::string& name) {
    return run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout " +
               at + name + ".key -out " + at + name + ".csr") &&
           run("openssl x509 -req -days 2 -in " + at + name + ".csr -CA " + at + "ca.pem -CAkey " + at +
               "ca.key -CAcreateserial -out " + at + name + ".pem");
  }

  std::string at;
  bool made = false;
};

control::control_options over_unix(const std::string& path) {
  control::control_options options;
  options.address.clear();
  options.unix_path = path;
  return options;
}

int warm_status(httplib::SSLClient& client, const httplib::Headers& headers = {}) {
  client.enable_server_certificate_verification(false);
  const auto answer = client.Post("/warming/flush", headers, "{}", "application/json");
  return answer ? answer->status : -1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_unix_socket_needs_no_token_and_is_its_owners_alone) {
  temporary_folder folder;
  const auto path = folder / "control.sock";
  {
    engine served;
    control::control_server server{served, over_unix(path)};
    BOOST_TEST(server.port() == 0);
    BOOST_TEST(server.url() == "unix:" + path);
    struct stat file {};
    BOOST_TEST_REQUIRE(::lstat(path.c_str(), &file) == 0);
    BOOST_TEST((file.st_mode & 0777) == 0600u);
    raw_client client{path};
    client.send("POST /warming/flush HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    BOOST_TEST(status_in(client.receive_all()) == 200);
  }
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_socket_in_use_is_left_to_its_server) {
  temporary_folder folder;
  const auto path = folder / "control.sock";
  engine served;
  control::control_server first{served, over_unix(path)};
  BOOST_CHECK_THROW((control::control_server{served, over_unix(path)}), error);
  raw_client still{path};
  still.send("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  BOOST_TEST(status_in(still.receive_all()) == 200);
}

BOOST_AUTO_TEST_CASE(a_socket_that_was_left_behind_is_replaced) {
  temporary_folder folder;
  const auto path = folder / "control.sock";
  {
    // Bound, and its process killed: the file stays.
    const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    BOOST_TEST_REQUIRE(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    ::close(left);
  }
  engine served;
  control::control_server server{served, over_unix(path)};
  raw_client client{path};
  client.send("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  BOOST_TEST(status_in(client.receive_all()) == 200);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_socket_is_left_alone) {
  temporary_folder folder;
  std::ofstream{folder / "precious"} << "text";
  engine served;
  BOOST_CHECK_THROW((control::control_server{served, over_unix(folder / "precious")}), error);
  BOOST_TEST(std::filesystem::file_size(folder / "precious") == 4u);
  BOOST_CHECK_THROW((control::control_server{served, over_unix(folder / std::string(200, 'x'))}), error);
}

BOOST_FIXTURE_TEST_CASE(a_port_in_use_is_refused, control_fixture) {
  auto options = usual_options();
  options.port = server->port();
  BOOST_CHECK_EXCEPTION((control::control_server{*served, options}), error,
                        [](const error& failure) { return failure.code() == errc::unavailable; });
  options.address = "no.such.host.invalid";
  options.tls = {"a", "b", ""};
  BOOST_CHECK_THROW((control::control_server{*served, options}), error);
}

BOOST_AUTO_TEST_CASE(tls_and_client_certificates_let_in_whom_they_name) {
  if (!openssl_is_installed()) return;
  temporary_folder folder;
  const certificates files{folder.path().string()};
  BOOST_TEST_REQUIRE(files.made);
  auto options = control_fixture::usual_options();
  options.address = "0.0.0.0";
  options.tls = {files.at + "server.pem", files.at + "server.key", files.at + "ca.pem"};
  options.limits.request_timeout = std::chrono::seconds{30};
  control_fixture fixture{options};
  const auto port = fixture.server->port();
  BOOST_TEST(fixture.server->url().starts_with("https://"));

  httplib::SSLClient anonymous{"127.0.0.1", port};
  BOOST_TEST(warm_status(anonymous) == 401);
  BOOST_TEST(warm_status(anonymous, fixture.with_token()) == 200);
  // Beyond loopback nothing but probes is for everybody.
  BOOST_TEST(anonymous.Get("/livez")->status == 200);
  BOOST_TEST(anonymous.Get("/warming/status")->status == 401);

  httplib::SSLClient known{"127.0.0.1", port, files.at + "client.pem", files.at + "client.key"};
  BOOST_TEST(warm_status(known) == 200);
  httplib::SSLClient stranger{"127.0.0.1", port, files.at + "stranger.pem", files.at + "stranger.key"};
  BOOST_TEST(warm_status(stranger) == -1);

  raw_client plain{port};
  plain.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(status_in(plain.receive_all()) == 0);
  BOOST_TEST(!plain.hung());
}

BOOST_AUTO_TEST_CASE(certificates_that_can_not_be_used_are_named) {
  temporary_folder folder;
  auto options = control_fixture::usual_options();
  options.tls = {folder / "none.pem", folder / "none.key", ""};
  engine served;
  BOOST_CHECK_EXCEPTION((control::control_server{served, options}), error, [](const error& failure) {
    return std::string{failure.what()}.find("tls.certificate") != std::string::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
