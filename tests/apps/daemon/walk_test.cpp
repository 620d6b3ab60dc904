// A day with the daemon, as somebody who only has the program meets it: every command against it, by the
// built binary, and what is said where there is none.
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/apps/daemon/built_program.hpp"
#include "tests/apps/daemon/served_daemon.hpp"
#include "tests/fixtures/eventually.hpp"

using namespace stoker::test;

namespace walk_with_a_daemon {

using words = std::vector<std::string>;
using nlohmann::json;

struct walk {
  // A command that succeeds; what it prints.
  std::string run(words arguments) const {
    arguments.insert(arguments.end(), {"--server", "unix:" + daemon.socket()});
    const auto done = run_program(arguments);
    BOOST_REQUIRE_MESSAGE(done.status == 0, arguments.front()
                                                << " came to " << done.status << ": " << done.err);
    BOOST_TEST(done.out.find('\x1b') == std::string::npos);  // colours are for terminals
    return done.out;
  }
  json json_of(words arguments) const {
    arguments.emplace_back("--json");
    return json::parse(run(std::move(arguments)));
  }
  void check_shows(const words& arguments, const words& parts) const {
    const auto text = run(arguments);
    for (const auto& part : parts)
      BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos, part + " is not in\n" + text);
  }
  bool knows(int keys) {
    return daemon.process().wait_until([&] { return json_of({"stats"}).at("tracker").at("keys") == keys; });
  }

  served_daemon daemon;
};

}  // namespace walk_with_a_daemon

BOOST_FIXTURE_TEST_SUITE(walk_with_a_daemon, walk)

BOOST_AUTO_TEST_CASE(learns_plans_warms_reports_and_takes_back) {
  daemon.serve();
  check_shows({"track", "--outcome", "miss", "--subject", "me", "a", "a", "b"}, {"3 accesses tracked"});
  BOOST_REQUIRE(knows(2));
  check_shows({"list", "--cache", "pages"}, {"popular", "changed_files", "limit (integer"});
  check_shows({"plan", "--strategy", "popular"}, {"would warm 2 keys of cache pages", "a ", "b "});
  const auto plan = json_of({"plan", "--limit", "1", "--save"});
  check_shows({"warm", "--plan", plan.at("id")}, {"completed", "warmed 1 of 1"});
  check_shows({"warm", "--strategy", "popular", "--policy", "conservative"},
              {"run 2 of cache pages (popular)"});
  check_shows({"report", "--run", "2"}, {"run 2 of cache pages"});
  check_shows({"rollback", "--run", "2"}, {"1 entries removed"});
  check_shows({"stats"}, {"pages", "popular", "tracked: 2 keys, 3 accesses"});
  check_shows({"patterns"}, {"3 accesses of 2 keys"});
  check_shows({"top", "--once"}, {"hot keys of pages", "pressure"});
  BOOST_TEST(
      run_program({"predict", "--cache", "pages", "a", "--server", "unix:" + daemon.socket()}).status <= 1);
  check_shows({"snapshot", "save", "--cache", "pages"}, {"2 keys of cache pages saved in"});
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(runs_in_the_background_and_tells_how_it_is) {
  daemon.configure("[[schedule]]\nid = \"hourly\"\ncache = \"pages\"\nevery = \"1h\"\n");
  daemon.serve();
  check_shows({"status"}, {"background warming is running", "hourly", "pressure is", "history:"});
  check_shows({"status", "--watch", "--times", "2", "--interval", "0.1"}, {"hourly"});
  check_shows({"health", "--component", "scheduler"}, {"background warming is on"});
  check_shows({"cycle", "hourly"}, {"hourly"});
  BOOST_TEST(json_of({"status"}).at("scheduler").at("cycles").get<int>() >= 1);
  check_shows({"optimize", "--dry-run"}, {});
  check_shows({"stop"}, {"background warming is stopped"});
  check_shows({"start", "--interval", "3600"}, {"background warming is running"});
  check_shows({"cycle", "--patience", "60"}, {"hourly"});  // which was replaced, and is not waited for
  BOOST_TEST(daemon.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(is_launched_by_start_and_ended_by_its_process_id) {
  const auto started = run_program({"start", "--background", "--config", daemon.configuration()});
  BOOST_REQUIRE_MESSAGE(started.status == 0, started.err);
  int process = 0;
  std::ifstream{daemon.state() + "/stoker.pid"} >> process;
  BOOST_REQUIRE(process > 0);
  check_shows({"status"}, {"background warming"});
  // By the configuration alone, too.
  BOOST_TEST(run_program({"list", "--config", daemon.configuration()}).status == 0);
  BOOST_TEST(::kill(process, SIGTERM) == 0);
  const words status{"status", "--server", "unix:" + daemon.socket()};
  BOOST_TEST(eventually([&] { return run_program(status).status == 3; }));
}

BOOST_AUTO_TEST_CASE(without_a_daemon_one_line_says_so) {
  const words commands[] = {{"status"},   {"health"}, {"stats"},         {"patterns"},
                            {"start"},    {"stop"},   {"cycle"},         {"optimize"},
                            {"rollback"}, {"report"}, {"top", "--once"}, {"track", "--cache", "c", "k"},
                            {"list"},     {"plan"},   {"warm"}};
  for (auto arguments : commands) {
    arguments.insert(arguments.end(), {"--server", "http://127.0.0.1:" + std::to_string(daemon.port())});
    const auto done = run_program(arguments);
    BOOST_TEST(done.status == 3, arguments.front());
    BOOST_TEST(done.out == "");
    BOOST_CHECK_MESSAGE(done.err.starts_with("stoker: no daemon answers at "), done.err);
    BOOST_CHECK_MESSAGE(done.err.find('\n') == done.err.size() - 1, done.err);
  }
  BOOST_TEST(run_program({"warn"}).status == 2);
  BOOST_TEST(run_program({"warm", "--polcy", "x"}).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
