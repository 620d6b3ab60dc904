#include "apps/stoker/record_command.hpp"

#include <boost/test/unit_test.hpp>

#include <stdlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "storage/traces/read_trace.hpp"
#include "tests/apps/stoker/run_command.hpp"
#include "tests/storage/traces/trace_files.hpp"

BOOST_AUTO_TEST_SUITE(record_command_test)

namespace {

using namespace stoker::cli;
using stoker::test::outcome;
using stoker::test::run_command;
using stoker::test::temporary_folder;
using stoker::test::write_bytes;

outcome run_stoker(const std::vector<std::string>& arguments) {
  return run_command(add_record_command, arguments);
}

// strace may be missing, or forbidden to trace as in some containers: then there is nothing to test here.
bool strace_works() {
  const bool works = std::system("strace -o /dev/null true 2>/dev/null") == 0;
  if (!works) BOOST_TEST_MESSAGE("skipped: strace does not work here");
  return works;
}

struct two_files {
  temporary_folder folder;
  std::string output = (folder.path() / "t.csv.zst").string();
  std::filesystem::path work = std::filesystem::canonical(folder.path()) / "work";

  two_files() {
    std::filesystem::create_directory(work);
    write_bytes(work / "a", "first");
    write_bytes(work / "b", "second one");
  }

  std::string read_both() const { return "cd '" + work.string() + "' && cat a b a >/dev/null"; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_recording_holds_the_opens_of_all_processes_in_order, two_files) {
  if (!strace_works()) return;
  const auto result = run_stoker({"record", "--output", output, "--relative-to", work.string(), "--exclude",
                                  "/*", "--json", "--", "sh", "-c", read_both()});
  BOOST_REQUIRE_EQUAL(result.status, 0);
  const auto report = nlohmann::json::parse(result.out);
  BOOST_CHECK_EQUAL(report["accesses"], 3);
  BOOST_CHECK_EQUAL(report["distinct_keys"], 2);
  BOOST_CHECK_EQUAL(report["command_status"], 0);
  const auto t = stoker::read_trace(output);
  const std::vector<std::string> keys{"a", "b"};
  const std::vector<std::uint32_t> accesses{0, 1, 0}, sizes{5, 10, 5};
  BOOST_TEST(t.keys == keys, boost::test_tools::per_element());
  BOOST_TEST(t.accesses == accesses, boost::test_tools::per_element());
  BOOST_TEST(t.sizes == sizes, boost::test_tools::per_element());
  BOOST_CHECK(t.subject_names.at(0).ends_with(":cat"));
  BOOST_CHECK(std::is_sorted(t.times.begin(), t.times.end()));
}

BOOST_FIXTURE_TEST_CASE(the_status_of_the_command_is_reported_and_the_trace_kept, two_files) {
  if (!strace_works()) return;
  const auto result = run_stoker({"record", "--output", output, "--", "sh", "-c", read_both() + "; exit 7"});
  BOOST_CHECK_EQUAL(result.status, 1);
  BOOST_CHECK(result.err.find("the command ended with status 7") != std::string::npos);
  BOOST_CHECK(!stoker::read_trace(output).accesses.empty());
}

BOOST_FIXTURE_TEST_CASE(a_command_that_is_not_there_is_an_error_and_leaves_no_trace, two_files) {
  if (!strace_works()) return;
  const auto result = run_stoker({"record", "--output", output, "--", "/no/such/command"});
  BOOST_CHECK_EQUAL(result.status, 1);
  BOOST_CHECK(!std::filesystem::exists(output));
}

BOOST_FIXTURE_TEST_CASE(an_output_that_cannot_be_written_is_told_before_the_command_runs, two_files) {
  const auto witness = folder.path() / "ran";
  const auto result = run_stoker(
      {"record", "--output", (folder.path() / "none/t.csv").string(), "--", "touch", witness.string()});
  BOOST_CHECK_EQUAL(result.status, 1);
  BOOST_CHECK(result.err.find("cannot be written") != std::string::npos);
  BOOST_CHECK(!std::filesystem::exists(witness));
}

BOOST_FIXTURE_TEST_CASE(a_missing_strace_is_one_clear_line, two_files) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);
  const auto result = run_stoker({"record", "--output", output, "--", "true"});
  ::setenv("PATH", path.c_str(), 1);
  BOOST_CHECK_EQUAL(result.status, 1);
  BOOST_CHECK_EQUAL(result.err, "stoker: record: strace is not installed; install the package strace\n");
}

BOOST_AUTO_TEST_CASE(a_command_has_to_be_given) {
  BOOST_CHECK_EQUAL(run_stoker({"record"}).status, 2);
}

BOOST_AUTO_TEST_SUITE_END()
