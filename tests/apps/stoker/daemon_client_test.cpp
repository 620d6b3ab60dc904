// How commands reach a daemon, and what they say when they don't.
#include "apps/stoker/daemon_client.hpp"

#include <fstream>

#include "apps/stoker/status_command.hpp"
#include "apps/stoker/stop_command.hpp"
#include "tests/apps/stoker/daemon_samples.hpp"
#include "tests/apps/stoker/run_command.hpp"
#include "tests/apps/stoker/stub_daemon.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace stoker::test;

BOOST_AUTO_TEST_SUITE(daemon_client)

namespace {

// One line, with an end.
void check_one_line(const std::string& text) {
  BOOST_CHECK_MESSAGE(text.find('\n') + 1 == text.size(), text);
}

// A variable of the environment for as long as it lives.
class variable {
 public:
  variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;
  ~variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

outcome ask_status(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"status"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_command(cli::add_status_command, arguments);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_daemon_that_does_not_run_is_one_clear_line_and_exit_code_3) {
  const auto server = nobody();
  const auto result = ask_status({"--server", server});
  check_rejected(result, cli::exit_no_daemon, "no daemon answers at " + server + " (can't connect)");
  check_one_line(result.err);
  check_rejected(ask_status({"--server", "unix:/nonexistent/stoker.sock"}), cli::exit_no_daemon,
                 "no daemon answers at unix:/nonexistent/stoker.sock");
}

BOOST_AUTO_TEST_CASE(the_address_comes_from_the_option_or_else_from_the_environment) {
  stub_daemon first, second;
  first.script("/warming/status", {{"from", "first"}});
  second.script("/warming/status", {{"from", "second"}});
  const variable server{"STOKER_SERVER", second.url()};
  BOOST_TEST(nlohmann::json::parse(ask_status({"--json"}).out).at("from") == "second");
  BOOST_TEST(nlohmann::json::parse(ask_status({"--json", "--server", first.url()}).out).at("from") ==
             "first");
  check_rejected(ask_status({"--server", "localhost:8003"}), cli::exit_usage, "http://HOST:PORT");
}

BOOST_AUTO_TEST_CASE(a_unix_socket_is_an_address_too) {
  temporary_folder folder;
  stub_daemon daemon{(folder.path() / "control.sock").string()};
  daemon.script("/warming/status", sample_status_json());
  const auto result = ask_status({"--server", daemon.url(), "--json"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "");
  BOOST_TEST(nlohmann::json::parse(result.out) == sample_status_json());
  BOOST_TEST(daemon.last().host == "localhost");
}

BOOST_AUTO_TEST_CASE(the_token_comes_from_a_file_or_the_environment_and_never_shows) {
  stub_daemon daemon;
  daemon.script("/warming/status", sample_status_json());
  temporary_folder folder;
  const auto file = (folder.path() / "token").string();
  std::ofstream{file} << "secret of the file\n";
  ask_status({"--server", daemon.url()});
  BOOST_TEST(daemon.last().authorization == "");
  const variable token{"STOKER_TOKEN", "secret of the environment"};
  ask_status({"--server", daemon.url()});
  BOOST_TEST(daemon.last().authorization == "Bearer secret of the environment");
  ask_status({"--server", daemon.url(), "--token-file", file});
  BOOST_TEST(daemon.last().authorization == "Bearer secret of the file");
  check_rejected(ask_status({"--server", daemon.url(), "--token-file", file + ".none"}), cli::exit_usage,
                 "--token-file");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_in_the_servers_own_words) {
  stub_daemon daemon;
  const auto refuse = [&](int status, const char* detail) {
    daemon.script("/warming/stop", {{"title", "No"}, {"detail", detail}}, status);
    return run_command(cli::add_stop_command, {"stop", "--server", daemon.url()});
  };
  const auto wrong_token = refuse(401, "the token is wrong");
  check_rejected(wrong_token, cli::exit_failure, "the token is wrong");
  check_rejected(wrong_token, cli::exit_failure, "STOKER_TOKEN or --token-file");
  check_one_line(wrong_token.err);
  check_rejected(refuse(400, "patience_s must not be negative"), cli::exit_usage, "patience_s must not");
  check_rejected(refuse(404, "there is no cache \"x\""), cli::exit_usage, "there is no cache \"x\"");
  check_rejected(refuse(409, "run 7 is under way"), cli::exit_failure, "run 7 is under way");
  check_rejected(refuse(503, "the scheduler is being restarted"), cli::exit_failure, "is being restarted");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_no_stoker_is_said_to_be_none) {
  stub_daemon daemon;
  daemon.script_all("/warming/status", {{200, "<html>"}});
  check_rejected(ask_status({"--server", daemon.url()}), cli::exit_failure, "is it a Stoker?");
  daemon.script_all("/warming/status", {{500, "oops"}});
  check_rejected(ask_status({"--server", daemon.url()}), cli::exit_failure, "status 500");
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_answer_is_not_waited_for_without_end) {
  // It accepts connections, for they are in its backlog, and says nothing.
  const auto listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  BOOST_REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  BOOST_REQUIRE(::listen(listener, 8) == 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const auto url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  check_rejected(ask_status({"--server", url, "--answer-timeout", "0.1"}), cli::exit_failure, "in time");
  ::close(listener);
}

BOOST_AUTO_TEST_CASE(the_program_ends_with_the_exit_code_that_it_documents) {
  const auto command = std::string{STOKER_BINARY} + " status --server " + nobody() + " > /dev/null 2>&1";
  const auto ended = std::system(command.c_str());
  BOOST_TEST(WIFEXITED(ended));
  BOOST_TEST(WEXITSTATUS(ended) == 3);
}

BOOST_AUTO_TEST_SUITE_END()
