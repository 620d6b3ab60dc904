#include "apps/stoker/snapshot_command.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "storage/snapshots/snapshot_file.hpp"
#include "tests/apps/stoker/run_command.hpp"
#include "tests/apps/stoker/stub_daemon.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/snapshots/snapshot_samples.hpp"

using namespace stoker;
using namespace stoker::test;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(snapshot_command)

BOOST_AUTO_TEST_CASE(show_lists_the_hottest_keys) {
  const temporary_folder folder;
  const auto file = folder / "pages.snapshot";
  write_snapshot(file, sample_hot_set(100));
  const auto text = run_command(cli::add_snapshot_command, {"snapshot", "show", file, "--limit", "2"});
  BOOST_TEST(text.status == cli::exit_ok);
  BOOST_TEST(text.out.starts_with("100 keys of cache pages, taken 2027-01-15T08:00:00+00:00; values of "));
  BOOST_TEST(text.out.find("red, tag 0") != std::string::npos);
  BOOST_TEST(std::count(text.out.begin(), text.out.end(), '\n') == 4);
  const auto shown =
      run_command(cli::add_snapshot_command, {"snapshot", "show", file, "--json", "--limit", "3"});
  const auto object = json::parse(shown.out);
  BOOST_TEST(object["key_count"] == 100);
  BOOST_TEST(object["keys"].size() == 3u);
  BOOST_TEST(object["keys"][1]["ttl_s"] == 60);
  BOOST_TEST(object["keys"][0].contains("key_base64"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_none_is_wrong_input_and_is_named) {
  const temporary_folder folder;
  const auto file = folder / "other";
  std::ofstream{file} << "something else";
  check_rejected(run_command(cli::add_snapshot_command, {"snapshot", "show", file}), cli::exit_usage,
                 file + ": byte 0");
  check_rejected(run_command(cli::add_snapshot_command, {"snapshot", "show", folder / "none"}),
                 cli::exit_usage, "No such file");
}

BOOST_AUTO_TEST_CASE(save_and_load_are_the_daemons_work) {
  stub_daemon daemon;
  daemon.script("/warming/snapshot",
                {{"cache", "pages"}, {"path", "/s/pages.snapshot"}, {"saved_keys", 50}, {"loaded_keys", 40}});
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", daemon.url()});
    return run_command(cli::add_snapshot_command, arguments);
  };
  BOOST_TEST(run({"snapshot", "save", "--cache", "pages", "--keys", "50"}).out ==
             "50 keys of cache pages saved in /s/pages.snapshot\n");
  BOOST_TEST(daemon.last().body == json({{"action", "save"}, {"cache", "pages"}, {"keys", 50}}));
  BOOST_TEST(run({"snapshot", "load", "--path", "/s/x"}).out ==
             "40 keys of cache pages loaded from /s/pages.snapshot\n");
  BOOST_TEST(daemon.last().body == json({{"action", "load"}, {"path", "/s/x"}}));
}

BOOST_AUTO_TEST_SUITE_END()
