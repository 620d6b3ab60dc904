#include "apps/stoker/schedule_command.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/apps/stoker/run_command.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace stoker::test;

BOOST_AUTO_TEST_SUITE(schedule_command)

namespace {

const std::string worker = STOKER_SOURCE_DIR "/apps/configuration/worker.toml";

outcome run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "schedule");
  return run_command(cli::add_schedule_command, arguments);
}

}  // namespace

BOOST_AUTO_TEST_CASE(lists_the_runs_of_the_shipped_worker_around_a_holiday) {
  const auto listed =
      run({worker, "--from", "2026-11-25", "--days", "3", "--time-zone", "America/New_York", "--json"});
  BOOST_TEST(listed.status == 0);
  const auto json = nlohmann::json::parse(listed.out);
  std::map<std::string, int> counts;
  std::vector<std::string> premarket;
  for (const auto& each : json.at("runs")) {
    ++counts[each.at("id")];
    if (each.at("id") == "premarket") premarket.push_back(each.at("at"));
  }
  BOOST_TEST(premarket ==
             (std::vector<std::string>{"2026-11-25T08:30:00-05:00", "2026-11-27T08:30:00-05:00"}));
  BOOST_TEST(counts["popular"] == 3 * 48);
  BOOST_TEST(counts["trending"] == 3 * 24);
  BOOST_TEST(counts["time of day"] == 3 * 24);
  BOOST_TEST(counts["save"] == 3 * 96);
  BOOST_TEST(counts["clean up"] == 2);  // midnight is over when the list begins
}

BOOST_AUTO_TEST_CASE(prints_a_line_a_run_and_what_waits_for_something_else) {
  temporary_folder folder;
  const auto file = folder / "w.toml";
  std::ofstream{file} << "[[schedule]]\nid = \"a\"\ncache = \"c\"\nat = [\"06:00\", \"18:00\"]\n"
                         "[[schedule]]\nid = \"b\"\ncache = \"c\"\non = \"cache_emptied\"\n";
  const auto listed = run({file, "--from", "2026-11-25"});
  BOOST_TEST(listed.out ==
             "Wed 2026-11-25 06:00:00 +00:00  a  at 06:00, 18:00\n"
             "Wed 2026-11-25 18:00:00 +00:00  a  at 06:00, 18:00\n"
             "not by the clock                b  waits for cache_emptied\n");
  BOOST_TEST(run({file, "--from", "2026-11-25", "--limit", "1"}).out.find("... and more") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_file_is_told_with_line_and_key) {
  temporary_folder folder;
  const auto file = folder / "w.toml";
  std::ofstream{file} << "[[schedule]]\nid = \"a\"\ncache = \"c\"\nat = \"noon\"\n";
  check_rejected(run({file}), cli::exit_usage, "w.toml:4: schedule \"a\": at");
  check_rejected(run({folder / "none.toml"}), cli::exit_usage, "none.toml");
  check_rejected(run({worker, "--from", "yesterday"}), cli::exit_usage, "yesterday");
  check_rejected(run({worker, "--time-zone", "Mars"}), cli::exit_usage, "Mars");
}

BOOST_AUTO_TEST_SUITE_END()
