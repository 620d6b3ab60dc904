#include "apps/stoker/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include <CLI/CLI.hpp>

#include "storage/traces/read_trace.hpp"
#include "tests/apps/stoker/run_command.hpp"

BOOST_AUTO_TEST_SUITE(command_line_test)

namespace {

using namespace stoker::cli;
using stoker::test::outcome;
using stoker::test::run_command;

// Runs the command line with one command, `try`, that does what `action` does.
outcome run_with(
    const std::vector<std::string>& arguments, const std::function<void()>& action = [] {}) {
  const auto add = [&](CLI::App& app, console&, int&) {
    app.add_subcommand("try", "Tries")->callback(action);
  };
  return run_command(add, arguments);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_command_that_returns_is_exit_code_0) {
  BOOST_CHECK_EQUAL(run_with({"try"}).status, 0);
}

BOOST_AUTO_TEST_CASE(the_version_goes_to_standard_output) {
  const auto result = run_with({"--version"});
  BOOST_CHECK_EQUAL(result.status, 0);
  BOOST_CHECK(result.out.starts_with("stoker "));
  BOOST_CHECK_EQUAL(result.err, "");
}

BOOST_AUTO_TEST_CASE(help_names_the_exit_codes_at_the_top_and_in_each_command) {
  for (const auto& arguments : {std::vector<std::string>{"--help"}, {"try", "--help"}}) {
    const auto result = run_with(arguments);
    BOOST_CHECK_EQUAL(result.status, 0);
    BOOST_CHECK(result.out.find("Exit codes: 0 done; 1 failed; 2 wrong usage") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(wrong_usage_is_exit_code_2_and_says_why_on_standard_error) {
  for (const auto& arguments :
       {std::vector<std::string>{}, {"unknown"}, {"try", "--unknown"}, {"try", "extra"}}) {
    const auto result = run_with(arguments);
    BOOST_CHECK_EQUAL(result.status, 2);
    BOOST_CHECK_EQUAL(result.out, "");
    BOOST_CHECK(!result.err.empty());
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_command_is_named) {
  const auto result = run_with({"tyr", "--json"});
  BOOST_CHECK_EQUAL(result.status, 2);
  BOOST_CHECK_EQUAL(result.err, "stoker: there is no command \"tyr\"; \"stoker --help\" lists them\n");
}

BOOST_AUTO_TEST_CASE(each_error_has_its_exit_code_and_one_line) {
  const auto check = [](const std::function<void()>& action, int status, const std::string& err) {
    const auto result = run_with({"try"}, action);
    BOOST_CHECK_EQUAL(result.status, status);
    BOOST_CHECK_EQUAL(result.err, err);
    BOOST_CHECK_EQUAL(result.out, "");
  };
  check([] { throw std::runtime_error("broke"); }, 1, "stoker: broke\n");
  check([] { throw failure(exit_failure, "failed"); }, 1, "stoker: failed\n");
  check([] { throw usage_error("wrong"); }, 2, "stoker: wrong\n");
  check([] { throw stoker::trace_error("t.csv", 7, "expected a key, found ''"); }, 2,
        "stoker: t.csv:7: expected a key, found ''\n");
  check([] { throw no_daemon_error("no daemon answers"); }, 3, "stoker: no daemon answers\n");
}

BOOST_AUTO_TEST_SUITE_END()
