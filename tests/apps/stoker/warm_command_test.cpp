#include "apps/stoker/warm_command.hpp"

#include <nlohmann/json.hpp>

#include "tests/apps/changes/git_repository.hpp"
#include "tests/apps/stoker/run_command.hpp"

using namespace stoker;
using namespace stoker::test;

BOOST_AUTO_TEST_SUITE(warm_command)

namespace {

struct pipeline : git_repository_fixture {
  pipeline() {
    write("a.cpp", std::string(2 << 20, 'a'));
    write("a.hpp", std::string(1000, 'h'));
    write("other.cpp", "int o;");
    commit_all();
    write("a.cpp", std::string(2 << 20, 'b'));
    write("needs.txt", "a.cpp a.hpp gone.hpp\n");
  }

  outcome warm(std::vector<std::string> more) {
    std::vector<std::string> arguments{
        "warm",   "--strategy",   "changed_files",        "--base",         "HEAD",
        "--json", "--repository", folder.path().string(), "--dependencies", folder / "needs.txt"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_command(cli::add_warm_command, arguments);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(warms_what_changed_and_what_it_needs_and_reconciles, pipeline) {
  const auto done = warm({"--depth", "2", "--timeout", "60s"});
  BOOST_TEST(done.status == 0);
  BOOST_TEST(done.err == "");
  const auto json = nlohmann::json::parse(done.out);
  BOOST_TEST(json.at("selected") == 3);
  BOOST_TEST(json.at("missing") == 1);  // a stale dependency fails no pipeline
  BOOST_TEST(json.at("warmed").get<int>() + json.at("resident").get<int>() == 2);
  BOOST_TEST(json.at("failed") == 0);
  BOOST_TEST(json.at("files").at(0).at("path") == "a.cpp");
  BOOST_TEST(json.at("files").at(0).at("depth") == 0);
  BOOST_TEST(json.at("files").at(1).at("path") == "a.hpp");
  BOOST_TEST(json.at("files").at(1).at("depth") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_bound_that_ends_it_early_has_an_exit_code_of_its_own, pipeline) {
  const auto budget = warm({"--budget-mb", "1"});
  BOOST_TEST(budget.status == cli::exit_partial);
  BOOST_TEST(nlohmann::json::parse(budget.out).at("over_budget") == 1);
  const auto time = warm({"--timeout", "0.000001ms"});
  BOOST_TEST(time.status == cli::exit_partial);
  BOOST_TEST(nlohmann::json::parse(time.out).at("too_late") == 3);
}

BOOST_FIXTURE_TEST_CASE(tells_people_what_was_done, pipeline) {
  const auto done = run_command(cli::add_warm_command, {"warm", "--strategy", "changed_files", "--repository",
                                                        folder.path().string(), "--depth", "0"});
  BOOST_TEST(done.status == 0);
  BOOST_TEST(done.out.find("1 file changed since HEAD, 0 more that they need (0 dependencies known)") == 0u);
}

BOOST_FIXTURE_TEST_CASE(mistakes_are_wrong_usage, pipeline) {
  check_rejected(warm({"--base", "nowhere"}), cli::exit_usage, "");
  check_rejected(run_command(cli::add_warm_command, {"warm", "--strategy", "changed_files", "--base",
                                                     "nowhere", "--repository", folder.path().string()}),
                 cli::exit_usage, "nowhere");
  check_rejected(warm({"--depth", "6"}), cli::exit_usage, "--depth");
  check_rejected(warm({"--cache", "pages", "--workers", "2"}), cli::exit_usage,
                 "--workers is of the page cache");
}

BOOST_AUTO_TEST_SUITE_END()
