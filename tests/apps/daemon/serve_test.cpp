// The daemon as a process: signals, exit codes, its lock, its configuration, its service manager.
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/apps/daemon/built_program.hpp"
#include "tests/apps/daemon/served_daemon.hpp"

using namespace stoker::test;

BOOST_AUTO_TEST_SUITE(serve)

namespace {

const std::string hourly = "[[schedule]]\nid = \"hourly\"\ncache = \"pages\"\nevery = \"1h\"\n";

// A load that takes longer than any test waits.
const std::string hanging =
    "[[origin]]\nname = \"slow\"\nkind = \"exec\"\ncommand = [\"/bin/sleep\", \"30\"]\n"
    "[[cache]]\nname = \"slow\"\norigin = \"slow\"\ncapacity_mb = 1\nhold_out = 0\nload_timeout = \"10min\"\n"
    "[[schedule]]\nid = \"start\"\ncache = \"slow\"\non = \"engine_started\"\nstrategies = [\"priority\"]\n"
    "parameters = { keys = \"k\" }\nconsiderate = false\n";

// Where a daemon tells how it is.
class notify_socket {
 public:
  explicit notify_socket(std::string path)
      : path_(std::move(path)), socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    BOOST_REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval patience{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~notify_socket() { ::close(socket_); }
  notify_socket(const notify_socket&) = delete;
  notify_socket& operator=(const notify_socket&) = delete;

  std::string variable() const { return "NOTIFY_SOCKET=" + path_; }
  // The next message that begins like this.
  std::string next(const std::string& beginning) const {
    char bytes[1024];
    for (;;) {
      const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
      BOOST_REQUIRE_MESSAGE(size >= 0, "no message " + beginning);
      const std::string text{bytes, static_cast<std::size_t>(size)};
      if (text.starts_with(beginning)) return text;
    }
  }

 private:
  std::string path_;
  int socket_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(ends_in_order_on_term_and_int) {
  served_daemon daemon;
  for (const int signal : {SIGTERM, SIGINT}) {
    daemon.serve();
    BOOST_TEST(daemon.end(signal) == 0);
    daemon.wait_for("ended");
  }
}

BOOST_AUTO_TEST_CASE(a_second_daemon_on_its_folder_is_refused_in_one_line) {
  served_daemon daemon;
  daemon.serve();
  const auto id = daemon.process().id();
  server_process second{{STOKER_BINARY, "serve", "--config", daemon.configuration()},
                        daemon.state() + "/second"};
  BOOST_TEST(second.wait_for_end() == 1);
  std::ifstream file{daemon.state() + "/second"};
  std::string line, more;
  std::getline(file, line);
  BOOST_TEST(line.find("another daemon runs on this folder (process " + std::to_string(id) + ")") !=
             std::string::npos);
  BOOST_TEST(!std::getline(file, more));
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_is_wrong_ends_it_with_the_line_and_what_was_meant) {
  served_daemon daemon;
  daemon.write("[server]\nprot = 1\n");
  daemon.start();
  BOOST_TEST(daemon.ended() == 2);
  BOOST_TEST(daemon.log().find("s.toml:2: server: there is no key \"prot\"; did you mean \"port\"?") !=
             std::string::npos);
}

// Each would keep a daemon from starting, or from what it is for; --check says so, with the line, and so does
// a start.
BOOST_AUTO_TEST_CASE(check_finds_what_only_shows_when_a_daemon_begins) {
  const served_daemon daemon;
  const auto said = [&](const std::string& more) {
    daemon.configure(more);
    const auto done = run_program({"serve", "--check", "--config", daemon.configuration()});
    BOOST_TEST(done.status == 2, more);
    BOOST_TEST(done.out == "");
    return done.err;
  };
  const auto check_said = [&](const std::string& more, const std::string& part) {
    const auto text = said(more);
    BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos, text);
    BOOST_CHECK_MESSAGE(text.find("s.toml:") != std::string::npos, text);
  };
  check_said("default_strategy = \"populer\"\n", "cache \"pages\": ");
  check_said("[[schedule]]\nid = \"s\"\nevery = \"1h\"\ncache = \"pages\"\nstrategies = [\"populer\"]\n",
             "schedule \"s\": ");
  check_said("[[schedule]]\nid = \"s\"\nevery = \"1h\"\ncache = \"pages\"\nparameters = { limt = \"3\" }\n",
             "limt");
  check_said("[[schedule]]\nid = \"s\"\nevery = \"1h\"\ncache = \"page\"\n", "there is no cache \"page\"");
  check_said("include_keys = [\"[a\"]\n", "is no glob");
  check_said("rules = [{ keys = \"{a\", ttl = 5 }]\n", "never closed");
  check_said("changed_keys = [{ key = \"{b}\" }]\n", "changed_keys: ");
  daemon.write("[server]\naddress = \"0.0.0.0\"\n");
  const auto open = run_program({"serve", "--check", "--config", daemon.configuration()});
  BOOST_TEST(open.status == 2);
  BOOST_CHECK_MESSAGE(
      open.err.find("s.toml:1: server: address: 0.0.0.0 is reachable from elsewhere: that needs "
                    "TLS (certificate, key)") != std::string::npos,
      open.err);
  daemon.write("[server]\ncertificate = \"/none.pem\"\nkey = \"/none.key\"\n");
  const auto lacking = run_program({"serve", "--check", "--config", daemon.configuration()});
  BOOST_TEST(lacking.status == 2);
  BOOST_CHECK_MESSAGE(lacking.err.find("certificate: /none.pem can't be used: No such file or directory") !=
                          std::string::npos,
                      lacking.err);
}

BOOST_AUTO_TEST_CASE(variables_override_the_file_and_their_mistakes_are_told) {
  served_daemon daemon;
  daemon.serve({"STOKER_LOG_FORMAT=json"});
  std::istringstream lines{daemon.log()};
  std::string line;
  std::getline(lines, line);
  BOOST_TEST(nlohmann::json::parse(line).at("level") == "info");
  BOOST_TEST(daemon.end(SIGTERM) == 0);
  daemon.start({"STOKER_CACHE_PAGES_CAPACITY_MB=much"});
  BOOST_TEST(daemon.ended() == 2);
  daemon.wait_for("STOKER_CACHE_PAGES_CAPACITY_MB: must be a whole number");
}

BOOST_AUTO_TEST_CASE(hup_puts_into_force_what_can_be_and_tells_what_cannot) {
  served_daemon daemon;
  daemon.serve();
  daemon.process().send(SIGHUP);
  daemon.wait_for("nothing changed");
  daemon.configure("exclude_keys = [\"lock:*\"]\n[[cache]]\nname = \"more\"\norigin = \"files\"\n" + hourly +
                   "[log]\nformat = \"json\"\n[engine]\nloaders = 3\n");
  daemon.process().send(SIGHUP);
  daemon.wait_for("\\\"more\\\" was added");
  daemon.wait_for("has new key rules");
  daemon.wait_for("background warming goes by 1 schedules");
  daemon.wait_for("\"message\":\"[engine] changed; a restart is needed\"");
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(hup_with_a_file_that_is_wrong_changes_nothing) {
  served_daemon daemon;
  daemon.configure(hourly);
  daemon.serve();
  daemon.configure(hourly + "limt = 1\n[log]\nformat = \"json\"\n");
  daemon.process().send(SIGHUP);
  daemon.wait_for(
      "there is no key \"limt\"; did you mean \"limit\"?; the configuration before stays in force");
  daemon.configure(hourly);
  daemon.process().send(SIGHUP);
  daemon.wait_for("info    nothing changed");  // as text: the other format never came into force
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_it_at_once) {
  served_daemon daemon;
  daemon.configure(hanging);
  daemon.serve({"STOKER_DAEMON_PATIENCE=10min"});
  daemon.process().send(SIGTERM);
  daemon.wait_for("ending");
  BOOST_TEST(daemon.end(SIGTERM) == 1);
  daemon.wait_for("ended at once by a second signal");
}

BOOST_AUTO_TEST_CASE(killed_it_leaves_no_lock_behind) {
  served_daemon daemon;
  daemon.serve();
  BOOST_TEST(daemon.end(SIGKILL) == 128 + SIGKILL);
  daemon.serve();
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(the_service_manager_hears_when_it_serves_reloads_lives_and_ends) {
  temporary_folder folder;
  const notify_socket manager{folder / "notify"};
  served_daemon daemon;
  daemon.serve({manager.variable(), "WATCHDOG_USEC=200000"});
  BOOST_TEST(manager.next("READY=1").find("STATUS=serving") != std::string::npos);
  manager.next("STATUS=1 caches");
  manager.next("WATCHDOG=1");
  daemon.process().send(SIGHUP);
  manager.next("RELOADING=1\nMONOTONIC_USEC=");
  manager.next("READY=1");
  daemon.process().send(SIGTERM);
  manager.next("STOPPING=1");
  BOOST_TEST(daemon.ended() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
