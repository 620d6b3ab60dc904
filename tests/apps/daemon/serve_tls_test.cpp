// A daemon behind TLS and the command line that talks to it, both as the built binary: by token, by
// certificate, and what is refused.
#include <signal.h>

#include "tests/apps/daemon/built_program.hpp"
#include "tests/apps/daemon/served_daemon.hpp"
#include "tests/fixtures/certificates.hpp"

using namespace stoker::test;

namespace serve_tls {

using words = std::vector<std::string>;

struct secured {
  secured() {
    daemon.configure("");
    daemon.serve({"STOKER_SERVER_CERTIFICATE=" + files.certificate("server"),
                  "STOKER_SERVER_KEY=" + files.key("server"),
                  "STOKER_SERVER_CLIENT_CA=" + files.certificate("ca")});
  }

  std::string port() const { return std::to_string(daemon.port()); }
  std::string token_file() const { return daemon.state() + "/control.token"; }
  words trusting() const { return {"--ca", files.certificate("ca")}; }
  words signed_by(const std::string& name) const {
    return {"--cert", files.certificate(name), "--key", files.key(name)};
  }
  // A command that changes something, so that it needs a token or a certificate.
  program_outcome stop(std::vector<words> more, const words& variables = {},
                       const std::string& server = {}) const {
    words arguments{"stop", "--server", server.empty() ? "https://127.0.0.1:" + port() : server};
    for (const auto& some : more) arguments.insert(arguments.end(), some.begin(), some.end());
    return run_program(arguments, variables);
  }

  certificates files;
  served_daemon daemon;
};

// One line, with this exit code.
void check_refused(const program_outcome& done, int status, const std::string& part) {
  BOOST_TEST(done.status == status);
  BOOST_TEST(done.out == "");
  BOOST_CHECK_MESSAGE(done.err.find(part) != std::string::npos, done.err);
  BOOST_CHECK_MESSAGE(done.err.find('\n') == done.err.size() - 1, done.err);
}

bool can_run() {
  if (is_installed("openssl")) return true;
  BOOST_TEST_MESSAGE("skipped: openssl is not installed");
  return false;
}

}  // namespace serve_tls

BOOST_AUTO_TEST_SUITE(serve_tls)

BOOST_AUTO_TEST_CASE(a_token_or_a_certificate_opens_a_daemon_behind_tls) {
  if (!can_run()) return;
  secured served;
  const words token{"--token-file", served.token_file()};
  BOOST_TEST(served.stop({served.trusting(), token}).err == "");
  BOOST_TEST(served.stop({served.trusting(), token}).status == 0);
  BOOST_TEST(served.stop({served.trusting(), served.signed_by("client")}).status == 0);
  BOOST_TEST(served
                 .stop({}, {"STOKER_CA=" + served.files.certificate("ca"),
                            "STOKER_CERT=" + served.files.certificate("client"),
                            "STOKER_KEY=" + served.files.key("client")})
                 .status == 0);
  const auto status = run_program(
      {"status", "--server", "https://127.0.0.1:" + served.port(), "--ca", served.files.certificate("ca")});
  BOOST_TEST(status.status == 0);
  BOOST_TEST(status.out.find("pages") != std::string::npos);
  check_refused(served.stop({served.trusting()}), 1, "the token is taken from STOKER_TOKEN or --token-file");
  BOOST_TEST(served.daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(who_can_not_be_trusted_is_told_nothing) {
  if (!can_run()) return;
  secured served;
  const words other{"--ca", served.files.certificate("other")};
  check_refused(served.stop({other}), 1, "is not trusted: ");
  check_refused(served.stop({}), 1, "is not trusted: ");  // the system knows no such authority
  check_refused(served.stop({served.trusting()}, {}, "https://localhost:" + served.port()), 1,
                "its certificate is for another name");
  check_refused(run_program({"list", "--config", served.daemon.configuration(), "--server",
                             "https://127.0.0.1:" + served.port()}),
                1, "is not trusted: ");  // not done without it, either
  BOOST_TEST(served.daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(a_wrong_certificate_and_a_wrong_protocol_are_told_in_one_line) {
  if (!can_run()) return;
  secured served;
  check_refused(served.stop({served.trusting(), served.signed_by("other")}), 1, "--cert");
  check_refused(served.stop({}, {}, "http://127.0.0.1:" + served.port()), 1, "https");
  check_refused(served.stop({{"--ca", served.files.key("ca")}}), 1, "holds no certificates");
  check_refused(served.stop({{"--ca", "/no/such/file"}}), 2, "--ca /no/such/file");
  check_refused(served.stop({{"--cert", served.files.certificate("client")}}), 2, "--cert and --key");
  check_refused(
      served.stop({served.trusting(),
                   {"--cert", served.files.certificate("client"), "--key", served.files.key("other")}}),
      2, "no certificate and its key");
  BOOST_TEST(served.daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
