// `warm` and `plan` against a daemon.
#include "apps/stoker/plan_command.hpp"
#include "apps/stoker/warm_command.hpp"
#include "tests/apps/stoker/daemon_samples.hpp"
#include "tests/apps/stoker/run_command.hpp"
#include "tests/apps/stoker/stub_daemon.hpp"

using namespace stoker;
using namespace stoker::test;
using nlohmann::json;

namespace daemon_warm {

struct warming {
  stub_daemon daemon;

  outcome warm(std::vector<std::string> more, bool terminal = false) {
    more.insert(more.begin(), "warm");
    more.insert(more.end(), {"--server", daemon.url()});
    return run_command(cli::add_warm_command, more, terminal);
  }
  outcome plan(std::vector<std::string> more) {
    more.insert(more.begin(), "plan");
    more.insert(more.end(), {"--server", daemon.url()});
    return run_command(cli::add_plan_command, more);
  }
  int code_when(const char* field, const json& value) {
    auto report = sample_report_json();
    report[field] = value;
    daemon.script("/warming/warm", report);
    return warm({}).status;
  }
};

json state(const char* word, const json& more) {
  json result{{"id", 3}, {"kind", "warm"}, {"state", word}, {"location", "/warming/runs/3"}};
  result.update(more);
  return result;
}

void check_shows(const outcome& result, const std::vector<std::string>& parts) {
  for (const auto& part : parts)
    BOOST_CHECK_MESSAGE(result.out.find(part) != std::string::npos,
                        part + " is not in\n" + result.out + result.err);
}

}  // namespace daemon_warm

BOOST_FIXTURE_TEST_SUITE(daemon_warm, warming)

BOOST_AUTO_TEST_CASE(every_option_is_part_of_the_request) {
  daemon.script("/warming/warm", sample_report_json());
  const auto result = warm({"--cache",     "patterns", "--strategy",   "common_patterns",
                            "--strategy",  "recent",   "--limit",      "50",
                            "--language",  "cpp",      "--complexity", "7",
                            "--depth",     "3",        "--policy",     "conservative",
                            "--budget-mb", "2",        "--param",      "tag=a=b",
                            "--timeout",   "2m"});
  BOOST_TEST(result.status == 0);
  const auto body = daemon.last().body;
  BOOST_TEST(body.at("cache") == "patterns");
  BOOST_TEST(body.at("strategies") == json({"common_patterns", "recent"}));
  BOOST_TEST(body.at("limit") == 50);
  BOOST_TEST(body.at("parameters") ==
             json({{"tag", "a=b"}, {"language", "cpp"}, {"complexity", "7"}, {"depth", "3"}}));
  BOOST_TEST(body.at("policy") == "conservative");
  BOOST_TEST(body.at("budget_bytes") == 2 << 20);
  BOOST_TEST(body.at("deadline_s") == 120.0);
  BOOST_TEST(body.at("reason") == "command line");
  check_shows(result, {"run 8 of cache pages", "warmed 40 of 50"});
}

BOOST_AUTO_TEST_CASE(what_is_not_given_is_left_to_the_server) {
  daemon.script("/warming/warm", sample_report_json());
  warm({});
  auto body = daemon.last().body;
  for (const auto* ours : {"wait", "wait_s", "reason"}) body.erase(ours);
  BOOST_TEST(body == json::object());
}

BOOST_AUTO_TEST_CASE(a_long_run_is_waited_for_and_its_progress_shown_on_a_terminal_alone) {
  const json progress{{"progress", {{"run", 8}, {"done", 12}, {"total", 48}, {"bytes", 2048}}}};
  const std::vector<scripted_answer> later{
      {200, state("running", progress).dump()},
      {200, state("completed", {{"report", sample_report_json()}}).dump()}};
  daemon.script_all("/warming/warm", {{202, state("running", {{"progress", nullptr}}).dump()}});
  daemon.script_all("/warming/runs/3", later);
  const auto shown = warm({"--json"}, true);
  BOOST_TEST(shown.status == 0);
  BOOST_TEST(json::parse(shown.out) == sample_report_json());
  BOOST_TEST(shown.err.find("[########----------------------] 12 of 48, 2.0 KiB") != std::string::npos);
  BOOST_TEST(shown.err.ends_with("\r\x1b[K"));  // gone at the end
  daemon.script_all("/warming/runs/3", later);
  const auto silent = warm({"--json"});
  BOOST_TEST(json::parse(silent.out) == sample_report_json());
  BOOST_TEST(silent.err == "");
}

BOOST_AUTO_TEST_CASE(how_a_run_ended_is_its_exit_code) {
  BOOST_TEST(code_when("outcome", "completed") == cli::exit_ok);
  BOOST_TEST(code_when("outcome", "deadline_passed") == cli::exit_partial);
  BOOST_TEST(code_when("outcome", "stopped_by_pressure") == cli::exit_partial);
  BOOST_TEST(code_when("outcome", "cancelled") == cli::exit_partial);
  BOOST_TEST(code_when("outcome", "failed") == cli::exit_failure);
  BOOST_TEST(code_when("failed", 50) == cli::exit_failure);  // all of them
  daemon.script_all("/warming/warm",
                    {{202, state("failed", {{"problem", {{"detail", "no such strategy"}}}}).dump()}});
  check_rejected(warm({}), cli::exit_failure, "no such strategy");
}

BOOST_AUTO_TEST_CASE(a_kept_plan_is_run_as_it_is) {
  daemon.script("/warming/warm", sample_report_json());
  BOOST_TEST(warm({"--plan", "3"}).status == 0);
  BOOST_TEST(daemon.last().body.at("plan") == "3");
  BOOST_TEST(!daemon.last().body.contains("reason"));
  check_rejected(warm({"--plan", "3", "--strategy", "popular"}), cli::exit_usage, "--plan");
}

BOOST_AUTO_TEST_CASE(a_parameter_needs_a_name_and_a_value) {
  check_rejected(warm({"--param", "limit"}), cli::exit_usage, "name=value");
  check_rejected(warm({"--param", "=3"}), cli::exit_usage, "name=value");
  BOOST_TEST(daemon.requests().empty());
}

BOOST_AUTO_TEST_CASE(a_plan_shows_what_would_be_warmed_and_why_the_rest_is_not) {
  daemon.script("/warming/plan", sample_plan_json());
  const auto result = plan({"--cache", "pages", "--strategy", "popular", "--items", "1", "--save"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(daemon.last().target == "/warming/plan?items=1");
  BOOST_TEST(daemon.last().body == json({{"cache", "pages"}, {"strategies", {"popular"}}, {"save", true}}));
  check_shows(result, {"would warm 2 keys of cache pages: 2.0 KiB of 100.0 MiB, 2 origin calls, about 40 ms",
                       "kept as plan 3", "/start", "93.0 %", "20 ms", "... and 1 more", "fresh", "17",
                       "/seen", "below_floor"});
  BOOST_TEST(result.out.find("/next") == std::string::npos);
  BOOST_TEST(json::parse(plan({"--json"}).out) == sample_plan_json());
}

BOOST_AUTO_TEST_SUITE_END()
