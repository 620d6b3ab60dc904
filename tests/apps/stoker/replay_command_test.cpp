#include "apps/stoker/replay_command.hpp"

#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "tests/apps/stoker/run_command.hpp"
#include "tests/storage/traces/trace_files.hpp"

BOOST_AUTO_TEST_SUITE(replay_command_test)

namespace {

using namespace stoker::cli;
using stoker::test::outcome;
using stoker::test::run_command;
using stoker::test::temporary_folder;
using stoker::test::write_bytes;

outcome run_stoker(const std::vector<std::string>& arguments, bool terminal = false) {
  return run_command(add_replay_command, arguments, terminal);
}

// Ten keys asked for in turn, ten times over: plain LRU never hits in a cache that is smaller.
struct cyclic_trace {
  temporary_folder folder;
  std::string file = (folder.path() / "t.txt").string();

  cyclic_trace() {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "key" + std::to_string(i % 10) + "\n";
    write_bytes(file, text);
  }
};

std::vector<std::string> names_in(const nlohmann::ordered_json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

void check_rejected(const std::vector<std::string>& arguments, const std::string& part_of_message) {
  stoker::test::check_rejected(run_stoker(arguments), exit_usage, part_of_message);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(json_is_one_object_with_exactly_the_fields_of_the_contract, cyclic_trace) {
  const auto result = run_stoker(
      {"replay", file, "--json", "--cache-size", "50%", "--predictor", "none", "--eviction", "lru"});
  BOOST_REQUIRE_EQUAL(result.status, 0);
  const auto json = nlohmann::ordered_json::parse(result.out);
  const std::vector<std::string> expected{"requests",      "hits",
                                          "hit_ratio",     "misses",
                                          "prefetches",    "useful_prefetches",
                                          "precision",     "baseline_misses",
                                          "origin_load",   "hidden_latency",
                                          "distinct_keys", "metadata_bytes",
                                          "seconds",       "accesses_per_second"};
  BOOST_TEST(names_in(json) == expected, boost::test_tools::per_element());
  BOOST_CHECK_EQUAL(json["requests"], 100);
  BOOST_CHECK_EQUAL(json["distinct_keys"], 10);
  BOOST_CHECK_EQUAL(json["misses"], 100);
  BOOST_CHECK_EQUAL(json["baseline_misses"], 100);
  BOOST_CHECK_EQUAL(json["origin_load"], 1.0);
}

BOOST_FIXTURE_TEST_CASE(a_restart_adds_its_fields, cyclic_trace) {
  const auto result =
      run_stoker({"replay", file, "--json", "--cache-size", "10", "--restart-at", "50", "--restore", "none"});
  BOOST_REQUIRE_EQUAL(result.status, 0);
  const auto json = nlohmann::json::parse(result.out);
  BOOST_CHECK(json.contains("requests_to_warm"));
  BOOST_CHECK(json.contains("restart_origin_calls"));
}

BOOST_FIXTURE_TEST_CASE(without_json_it_prints_a_table, cyclic_trace) {
  const auto result =
      run_stoker({"replay", file, "--predictor", "none", "--eviction", "lru", "--cache-size", "10"});
  BOOST_CHECK_EQUAL(result.status, 0);
  BOOST_CHECK(result.out.find("hit ratio                      90.00 %\n") != std::string::npos);
  BOOST_CHECK_EQUAL(result.err, "");
}

BOOST_FIXTURE_TEST_CASE(progress_shows_on_a_terminal_only, cyclic_trace) {
  const auto result = run_stoker({"replay", file, "--json"}, true);
  BOOST_CHECK(result.err.find("replaying 100 requests") != std::string::npos);
  BOOST_CHECK(nlohmann::json::accept(result.out));
}

BOOST_FIXTURE_TEST_CASE(wrong_options_are_rejected, cyclic_trace) {
  check_rejected({"replay"}, "TRACE is required");
  check_rejected({"replay", file, "--cache-size", "0"}, "--cache-size: expected entries");
  check_rejected({"replay", file, "--eviction", "fifo"}, "--eviction: fifo not in");
  check_rejected({"replay", file, "--predictor", "oracle"}, "--predictor: oracle not in");
  check_rejected({"replay", file, "--operating-point", "greedy"}, "--operating-point: greedy not in");
  check_rejected({"replay", file, "--delay", "-1"}, "--delay");
  check_rejected({"replay", file, "--restore", "history"}, "--restart-at");
  check_rejected({"replay", file, "--restart-at", "100"}, "--restart-at: expected 1 to 99");
  check_rejected({"replay", file, "--restart-at", "0"}, "--restart-at: expected 1 to 99");
}

BOOST_AUTO_TEST_CASE(a_malformed_trace_is_rejected_with_its_line) {
  const temporary_folder folder;
  const auto file = (folder.path() / "t.csv").string();
  write_bytes(file, "time,key\n1,a\nnoon,b\n");
  check_rejected({"replay", file, "--json"}, file + ":3: expected a time in seconds, found 'noon'");
  write_bytes(file, "time,key\n");
  check_rejected({"replay", file}, "the trace has no accesses to replay");
  check_rejected({"replay", (folder.path() / "missing").string()}, "No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
