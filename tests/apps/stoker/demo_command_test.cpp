#include "apps/stoker/demo_command.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/apps/stoker/run_command.hpp"
#include "tests/storage/traces/trace_files.hpp"

BOOST_AUTO_TEST_SUITE(demo_command)

namespace {

using namespace stoker::cli;
using stoker::test::outcome;
using stoker::test::run_command;
using stoker::test::temporary_folder;
using stoker::test::write_bytes;

outcome run_demo(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "demo");
  return run_command(add_demo_command, arguments);
}

// Files that are really there, asked for in turn: a cache that holds them all misses each once.
struct world {
  static constexpr int files = 600;
  static constexpr int rounds = 20;
  temporary_folder folder;
  std::string trace = folder / "trace.txt";

  explicit world(bool with_missing = false) {
    std::string text;
    for (int i = 0; i < files; ++i) write_bytes(folder / ("f" + std::to_string(i)), "content");
    for (int i = 0; i < files * rounds; ++i) text += "f" + std::to_string(i % files) + "\n";
    if (with_missing) text += "gone\ngone\n";
    write_bytes(trace, text);
  }
  std::vector<std::string> arguments() const { return {"--trace", trace, "--root", folder.path(), "--json"}; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_warmed_cache_is_warm_at_once_and_a_cold_one_is_not) {
  world files;
  const auto result = run_demo(files.arguments());
  BOOST_TEST_REQUIRE(result.status == exit_ok, result.err);
  const auto told = nlohmann::json::parse(result.out);
  BOOST_TEST(told["requests"] == world::files * world::rounds);
  BOOST_TEST(told["never_restarted"]["hit_ratio"] == 1.0);
  BOOST_TEST(told["warmed_before_first_request"] == world::files);
  BOOST_TEST(told["warmed"]["requests_to_warm"] == 0);
  BOOST_TEST(told["warmed"]["hit_ratio"] == 1.0);
  BOOST_TEST(told["cold"]["requests_to_warm"].get<int>() > 0);
  BOOST_TEST(told["cold"]["origin_calls"].get<int>() >= world::files);
}

BOOST_AUTO_TEST_CASE(prints_a_table_for_people) {
  world files;
  auto arguments = files.arguments();
  arguments.pop_back();
  const auto result = run_demo(arguments);
  BOOST_TEST_REQUIRE(result.status == exit_ok);
  for (const auto* line : {"hit ratio", "requests until warm", "origin calls", "p50 of get", "p99 of get"})
    BOOST_TEST(result.out.find(line) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_that_are_not_here_are_left_out_and_counted) {
  world files{true};
  const auto result = run_demo(files.arguments());
  BOOST_TEST_REQUIRE(result.status == exit_ok);
  BOOST_TEST(nlohmann::json::parse(result.out)["skipped"] == 2);
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_in_a_line) {
  temporary_folder empty;
  write_bytes(empty / "trace.txt", "gone\n");
  const auto nothing_here = run_demo({"--trace", empty / "trace.txt", "--root", empty.path()});
  BOOST_TEST(nothing_here.status == exit_failure);
  BOOST_TEST(nothing_here.err.find("--root") != std::string::npos);
  const auto no_trace = run_demo({"--trace", empty / "none.txt"});
  BOOST_TEST(no_trace.status == exit_usage);
  BOOST_TEST(no_trace.err.find("none.txt") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
