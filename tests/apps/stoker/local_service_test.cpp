// `list`, `plan` and `warm` without a daemon, by a configuration; and how a daemon is found by one.
#include "apps/stoker/local_service.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "apps/control/control_server.hpp"
#include "apps/stoker/configured_daemon.hpp"
#include "apps/stoker/list_command.hpp"
#include "apps/stoker/plan_command.hpp"
#include "apps/stoker/warm_command.hpp"
#include "tests/apps/stoker/run_command.hpp"
#include "tests/apps/stoker/stub_daemon.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace stoker::test;
using nlohmann::json;

namespace local_service {

void write(const std::string& path, const std::string& text) {
  std::ofstream{path} << text;
}

// Files as origin, one cache in the daemon's memory and one outside of it, the page cache; and nobody at the
// address.
struct configured {
  configured() {
    for (const auto* name : {"a.txt", "b.txt", "c.txt"})
      write((files / name).string(), std::string(5000, 'x'));
    write(file, "[daemon]\nfolder = \"" + state +
                    "\"\n[server]\nport = " + nobody().substr(sizeof("http://127.0.0.1:") - 1) +
                    "\n[[origin]]\nname = \"files\"\nkind = \"file\"\nroot = \"" + files.string() +
                    "\"\n[[cache]]\nname = \"documents\"\norigin = \"files\"\n"
                    "[[cache]]\nname = \"pages\"\nback_end = \"files\"\n");
  }

  outcome run(const cli::add_command& add, std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--config", file});
    return run_command(add, arguments);
  }

  temporary_folder folder;
  std::filesystem::path files = folder.path();
  std::string state = (folder.path() / "state").string();
  std::string file = (folder.path() / "stoker.toml").string();
};

}  // namespace local_service

BOOST_FIXTURE_TEST_SUITE(local_service, configured)

BOOST_AUTO_TEST_CASE(strategies_are_listed_without_a_daemon) {
  const auto result = run(cli::add_list_command, {"list", "--json"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "");
  const auto answer = json::parse(result.out);
  bool popular = false;
  for (const auto& each : answer.at("strategies")) popular |= each.at("name") == "popular";
  BOOST_TEST(popular);
}

BOOST_AUTO_TEST_CASE(a_cache_outside_is_warmed_without_a_daemon) {
  const std::vector<std::string> what{
      "--cache",  "pages",   "--strategy",
      "priority", "--param", "keys=" + (files / "a.txt").string() + "," + (files / "b.txt").string(),
      "--json"};
  auto arguments = what;
  arguments.insert(arguments.begin(), "plan");
  const auto plan = run(cli::add_plan_command, arguments);
  BOOST_REQUIRE_MESSAGE(plan.status == 0, plan.err);
  arguments.front() = "warm";
  const auto warmed = run(cli::add_warm_command, arguments);
  BOOST_REQUIRE_MESSAGE(warmed.status == 0, warmed.err);
  const auto report = json::parse(warmed.out);
  // Written a moment ago, they may be in the page cache already.
  BOOST_TEST(report.at("warmed").get<int>() + report.at("already_fresh").get<int>() +
                 report.at("fresh").get<int>() ==
             2);
  BOOST_TEST(report.at("failed") == 0);
  BOOST_TEST(warmed.err == "");
}

BOOST_AUTO_TEST_CASE(what_is_warmed_in_this_process_is_said_to_end_with_it) {
  const auto result = run(cli::add_warm_command, {"warm", "--cache", "documents", "--strategy", "priority",
                                                  "--param", "keys=a.txt,b.txt,gone.txt"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err.find("cache documents is in this process's own memory") != std::string::npos);
  BOOST_TEST(result.out.find("warmed 2 of 3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_is_wrong_is_wrong_usage_with_its_line) {
  write(file, "[[cache]]\nnamme = \"x\"\n");
  check_rejected(run(cli::add_list_command, {"list"}), cli::exit_usage, "stoker.toml:");
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_anothers_is_left_alone) {
  const cli::local_service first{file};
  const auto second = run(cli::add_list_command, {"list"});
  BOOST_TEST(second.status == cli::exit_failure);
  BOOST_TEST(second.out == "");
  BOOST_TEST(second.err.find(state) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_daemon_that_answers_is_asked_at_the_configured_address_with_its_token) {
  stub_daemon daemon;
  daemon.script("/livez", {{"status", "ok"}});
  daemon.script("/warming/strategies", {{"strategies", json::array()}});
  auto settings = cli::read_settings(file);
  settings.server.port =
      static_cast<std::uint16_t>(std::stoi(daemon.url().substr(daemon.url().rfind(':') + 1)));
  settings.server.token = "configured secret";
  const auto connection = cli::reach(settings, {});
  BOOST_TEST(connection.server == daemon.url());
  cli::daemon_client{connection}.get("/warming/strategies");
  BOOST_TEST(daemon.last().authorization == "Bearer configured secret");
  settings.server.socket = "/run/stoker/control.sock";
  BOOST_TEST(cli::reach(settings, {}).server == "unix:/run/stoker/control.sock");
  // What is said on the command line counts more.
  cli::connection_options given;
  given.server = "http://127.0.0.1:1";
  BOOST_TEST(cli::reach(settings, given).server == given.server);
}

BOOST_AUTO_TEST_CASE(without_a_configuration_a_daemon_is_needed) {
  const auto result = run_command(cli::add_list_command, {"list", "--server", nobody()});
  check_rejected(result, cli::exit_no_daemon, "--config");
}

BOOST_AUTO_TEST_SUITE_END()
