// The commands that ask a daemon: what they ask for, what they show, how they end.
#include <fstream>

#include "apps/stoker/cycle_command.hpp"
#include "apps/stoker/health_command.hpp"
#include "apps/stoker/list_command.hpp"
#include "apps/stoker/optimize_command.hpp"
#include "apps/stoker/patterns_command.hpp"
#include "apps/stoker/predict_command.hpp"
#include "apps/stoker/report_command.hpp"
#include "apps/stoker/rollback_command.hpp"
#include "apps/stoker/start_command.hpp"
#include "apps/stoker/stats_command.hpp"
#include "apps/stoker/status_command.hpp"
#include "apps/stoker/stop_command.hpp"
#include "apps/stoker/top_command.hpp"
#include "apps/stoker/track_command.hpp"
#include "tests/apps/stoker/daemon_samples.hpp"
#include "tests/apps/stoker/run_command.hpp"
#include "tests/apps/stoker/stub_daemon.hpp"

using namespace stoker;
using namespace stoker::test;
using nlohmann::json;

namespace daemon_commands {

struct commands {
  stub_daemon daemon;

  outcome run(const cli::add_command& add, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", daemon.url()});
    return run_command(add, arguments);
  }
};

void check_shows(const outcome& result, const std::vector<std::string>& parts) {
  for (const auto& part : parts)
    BOOST_CHECK_MESSAGE(result.out.find(part) != std::string::npos,
                        part + " is not in\n" + result.out + result.err);
}

std::size_t times_in(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

}  // namespace daemon_commands

BOOST_FIXTURE_TEST_SUITE(daemon_commands, commands)

BOOST_AUTO_TEST_CASE(status_shows_caches_runs_strategies_schedules_origins_memory_and_what_is_wrong) {
  daemon.script("/warming/status", sample_status_json());
  const auto result = run(cli::add_status_command, {"status"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "");
  check_shows(result, {"background warming is running; 1,234 runs",
                       "95.3 %",
                       "96.0 %",
                       "12,345",
                       "5.0 MiB",
                       "64.0 MiB",
                       "run 8: [###-------] 12 of 48",
                       "41.0 %",
                       "+12.1 (+9.3 to +14.9)",
                       "proven",
                       "60 s ago",
                       "in 30 min",
                       "every hour",
                       "database",
                       "open",
                       "20 ms",
                       "sessions",
                       "no: timed out",
                       "3.0 MiB",
                       "access_log",
                       "54,321",
                       "no: not there yet",
                       "pressure is high, 85.0 % in use",
                       "no space left",
                       "predictor pages: does not answer"});
  BOOST_TEST(result.out.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(status_understands_a_server_that_says_less) {
  daemon.script("/warming/status", json::object());
  const auto result = run(cli::add_status_command, {"status"});
  BOOST_TEST(result.status == 0);
  check_shows(result, {"background warming is stopped"});
}

BOOST_AUTO_TEST_CASE(status_watches_as_often_as_it_is_told) {
  auto later = sample_status_json();
  later["scheduler"]["cycles"] = 1235;
  daemon.script_all("/warming/status", {{200, sample_status_json().dump()}, {200, later.dump()}});
  const auto result =
      run(cli::add_status_command, {"status", "--watch", "--interval", "0.01", "--times", "3"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(daemon.requests().size() == 3u);
  BOOST_TEST(times_in(result.out, "1,234 runs") == 1u);
  BOOST_TEST(times_in(result.out, "1,235 runs") == 2u);
}

BOOST_AUTO_TEST_CASE(health_has_an_exit_code_for_each_state) {
  const auto health = [&](const char* status, std::vector<std::string> more = {}) {
    daemon.script("/warming/health",
                  {{"status", status},
                   {"components", {{{"component", "warmer"}, {"status", status}, {"detail", "so so"}}}}});
    more.insert(more.begin(), "health");
    return run(cli::add_health_command, more);
  };
  BOOST_TEST(health("ok").status == 0);
  BOOST_TEST(health("degraded").status == cli::exit_partial);
  const auto failing = health("failing", {"--component", "warmer"});
  BOOST_TEST(failing.status == cli::exit_failure);
  check_shows(failing, {"warmer", "failing", "so so"});
  BOOST_TEST(daemon.last().target == "/warming/health?component=warmer");
}

BOOST_AUTO_TEST_CASE(start_asks_for_what_it_was_told) {
  daemon.script("/warming/start", sample_scheduler_json());
  auto result = run(cli::add_start_command, {"start"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(daemon.last().body == json::object());
  check_shows(result, {"background warming is running", "hourly", "40 of 50 warmed"});
  run(cli::add_start_command, {"start", "--interval", "900", "--cache", "pages", "--cache", "users",
                               "--strategy", "recent", "--adaptive", "--no-critical"});
  BOOST_TEST(daemon.last().body == json({{"interval_s", 900.0},
                                         {"caches", {"pages", "users"}},
                                         {"strategy", "recent"},
                                         {"adaptive", true},
                                         {"critical", false}}));
  check_rejected(run(cli::add_start_command, {"start", "--interval", "-1"}), cli::exit_usage, "--interval");
}

BOOST_AUTO_TEST_CASE(stop_tells_what_is_still_under_way) {
  daemon.script("/warming/stop", sample_scheduler_json());
  const auto result = run(cli::add_stop_command, {"stop", "--patience", "1.5"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(daemon.last().body == json({{"patience_s", 1.5}}));
  BOOST_TEST(result.out == "background warming is stopped\nstill under way: ahead\n");
}

BOOST_AUTO_TEST_CASE(list_shows_strategies_with_their_parameters) {
  daemon.script("/warming/strategies", json::parse(R"({"strategies": [
    {"cache": "", "name": "popular", "description": "The most used keys", "warms_by_itself": false, "parameters": [
      {"name": "limit", "type": "integer", "default_text": "100", "description": "keys to propose at most"}]},
    {"cache": "pages", "name": "rebuild", "description": "Builds all pages", "warms_by_itself": true, "parameters": []}]})"));
  const auto result = run(cli::add_list_command, {"list", "--cache", "pages"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(daemon.last().target == "/warming/strategies?cache=pages");
  BOOST_TEST(result.out ==
             "popular\n  The most used keys\n    limit (integer, default 100): keys to propose at most\n"
             "rebuild (cache pages) - an action: it warms by itself\n  Builds all pages\n");
}

BOOST_AUTO_TEST_CASE(stats_show_traffic_proof_and_costs) {
  const auto status = sample_status_json();
  json stats;
  for (const auto* part : {"at", "caches", "warmers", "tracker"}) stats[part] = status.at(part);
  daemon.script("/warming/stats", stats);
  const auto result = run(cli::add_stats_command, {"stats"});
  check_shows(result, {"90.0 %", "95.3 %", "1,040", "70.0 %", "proven", "1,100",
                       "its interval lies above zero", "600 keys, 1,000 accesses"});
  BOOST_TEST(json::parse(run(cli::add_stats_command, {"stats", "--json"}).out) == stats);
}

BOOST_AUTO_TEST_CASE(patterns_show_hours_and_keys) {
  auto patterns = json{{"total_accesses", 4503}, {"unique_keys", 2}, {"hour_of_day", json::array()}};
  for (int hour = 0; hour < 24; ++hour) patterns["hour_of_day"].push_back(hour == 9 ? 4000 : hour);
  patterns["top"] = sample_top_json().at("keys");
  patterns["trending"] = json::array();
  daemon.script("/warming/patterns", patterns);
  const auto result = run(cli::add_patterns_command, {"patterns", "--cache", "pages"});
  check_shows(result, {"4,503 accesses of 2 keys", "09  [########################################] 4,000",
                       "/start", "120.5", "evil\\x1b[31m"});
  BOOST_TEST(result.out.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(optimize_lists_what_it_changed) {
  daemon.script("/warming/optimize", json::parse(R"({"changes": [
    {"id": "hourly", "cache": "pages", "key": "", "accesses_per_minute": 1.5, "before_s": 3600, "after_s": 900,
     "applied": true},
    {"id": "task", "cache": "pages", "key": "/report", "accesses_per_minute": 0.05, "before_s": 7200, "after_s": 7200,
     "applied": false}]})"));
  const auto result = run(cli::add_optimize_command, {"optimize", "--dry-run"});
  BOOST_TEST(daemon.last().body == json({{"apply", false}}));
  check_shows(result, {"hourly", "1.50", "60 min", "15 min", "changed", "/report", "2.0 h"});
  run(cli::add_optimize_command, {"optimize"});
  BOOST_TEST(daemon.last().body == json({{"apply", true}}));
}

BOOST_AUTO_TEST_CASE(rollback_tells_what_it_removed) {
  daemon.script("/warming/rollback",
                {{"cache", "pages"}, {"run", 17}, {"removed", 40}, {"kept", 3}, {"bytes", 2048}});
  const auto result = run(cli::add_rollback_command, {"rollback", "--cache", "pages", "--run", "17"});
  BOOST_TEST(daemon.last().body == json({{"run", 17}, {"cache", "pages"}}));
  BOOST_TEST(result.out == "run 17 of cache pages: 40 entries removed (2.0 KiB), 3 kept\n");
}

BOOST_AUTO_TEST_CASE(cycle_waits_for_its_runs_and_fails_when_one_did) {
  const auto cycle = [&](int runs, bool succeeded, std::vector<std::string> more = {}) {
    auto status = sample_status_json();
    auto over = status;
    over["scheduler"]["schedules"][0]["runs"] = runs;
    over["scheduler"]["schedules"][0]["succeeded"] = succeeded;
    daemon.script_all("/warming/status", {{200, status.dump()}, {200, status.dump()}, {200, over.dump()}});
    daemon.script("/warming/run_schedules", sample_scheduler_json());
    more.insert(more.begin(), {"cycle", "hourly"});
    return run(cli::add_cycle_command, more);
  };
  const auto done = cycle(8, true);
  BOOST_TEST(done.status == 0);
  BOOST_TEST(daemon.requests().size() == 4u);
  BOOST_TEST(daemon.requests()[1].body == json({{"id", "hourly"}}));
  check_shows(done, {"hourly", "40 of 50 warmed"});
  BOOST_TEST(cycle(8, false).status == cli::exit_failure);
  BOOST_TEST(cycle(7, true, {"--patience", "0"}).status == cli::exit_partial);
}

BOOST_AUTO_TEST_CASE(report_shows_one_run_or_the_latest_together) {
  daemon.script("/warming/report", sample_report_json());
  const auto one = run(cli::add_report_command, {"report", "--cache", "pages", "--run", "8"});
  check_shows(one, {"run 8 of cache pages (popular, recent): completed", "warmed 40 of 50 (1.2 MiB) in 1.2 s",
                    "7 there already; 2 failed; 1 dropped", "45 origin calls: 120 ms on average",
                    "hit ratio before 61.0 %", "warning: a load took 120 ms", "/gone",
                    "base64:/w==", "/report", "400 ms"});
  daemon.script(
      "/warming/performance",
      json::parse(R"({"runs": 4, "warmed": 160, "failed": 2, "used": 150, "wasted": 10, "loads": 162,
                  "bytes": 4096, "total_load_s": 19.4, "fastest_load_s": 0.001, "slowest_load_s": 0.4,
                  "average_load_s": 0.12, "accuracy": 0.9375, "efficiency": 0.926, "efficiency_grade": "excellent",
                  "warnings": ["loads took 120 ms on average"], "slow_loads": []})"));
  const auto all = run(cli::add_report_command, {"report"});
  check_shows(all, {"the latest 4 runs: 160 warmed", "accuracy 93.8 %, efficiency 92.6 % (excellent)",
                    "warning: loads"});
}

BOOST_AUTO_TEST_CASE(predict_asks_the_daemon_unless_a_history_is_named) {
  daemon.script("/warming/predict", json::parse(R"({"candidates": [
    {"key": "/products", "probability": 0.42, "model": "successor", "source_key": "/start", "observations": 12,
     "cost_us": 20000}], "unknown": ["/never"]})"));
  const auto result = run(cli::add_predict_command, {"predict", "--cache", "pages", "--limit", "5",
                                                     "--confidence", "0.3", "/start", "/never"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(daemon.last().target.starts_with("/warming/predict?"));
  for (const auto* part : {"cache=pages", "limit=5", "confidence=0.3", "start", "never"})
    BOOST_TEST(daemon.last().target.find(part) != std::string::npos);
  check_shows(result, {"/products", "0.420", "successor", "/start", "20.0 ms"});
  BOOST_TEST(result.err == "stoker: /never: never seen in cache pages\n");
  check_rejected(
      run(cli::add_predict_command, {"predict", "--cache", "pages", "--history", "/nonexistent", "/start"}),
      cli::exit_failure, "there is no history in");
}

BOOST_AUTO_TEST_CASE(track_sends_accesses_in_order_with_what_is_known_of_them) {
  daemon.script("/track", {{"accepted", 2}});
  const auto result = run(cli::add_track_command,
                          {"track", "--cache", "pages", "--outcome", "miss", "--subject", "user 17", "--tag",
                           "news", "--co-accessed", "/other", "--bytes", "10", "/a", "/b\xff"});
  BOOST_TEST(result.out == "2 accesses tracked\n");
  const auto accesses = daemon.last().body.at("accesses");
  BOOST_REQUIRE(accesses.size() == 2u);
  BOOST_TEST(accesses[0] == json({{"key", "/a"},
                                  {"cache", "pages"},
                                  {"outcome", "miss"},
                                  {"subject", "user 17"},
                                  {"bytes", 10},
                                  {"tags", {"news"}},
                                  {"co_accessed", {"/other"}}}));
  BOOST_TEST(accesses[1].at("key_base64") == "L2L/");
}

BOOST_AUTO_TEST_CASE(track_sends_many_accesses_in_batches) {
  daemon.script("/track", {{"accepted", 500}});
  std::vector<std::string> arguments{"track"};
  for (int i = 0; i < 1000; ++i) arguments.push_back("key " + std::to_string(i));
  BOOST_TEST(run(cli::add_track_command, arguments).out == "1000 accesses tracked\n");
  BOOST_TEST(daemon.requests().size() == 2u);
}

BOOST_AUTO_TEST_CASE(top_shows_one_frame_anywhere_and_needs_a_terminal_for_more) {
  daemon.script("/warming/status", sample_status_json());
  daemon.script("/warming/top", sample_top_json());
  const auto result = run(cli::add_top_command, {"top", "--once"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(daemon.last().target == "/warming/top?cache=pages&limit=50");
  check_shows(result, {"pressure high", "85.0 %", "pages", "run 8 of pages", "12 of 48", "hot keys of pages",
                       "/start"});
  BOOST_TEST(result.out.find('\x1b') == std::string::npos);
  BOOST_TEST(times_in(result.out, "\n") == 40u);
  check_rejected(run(cli::add_top_command, {"top"}), cli::exit_usage, "--once");
}

BOOST_AUTO_TEST_CASE(top_shows_the_rest_without_a_token) {
  daemon.script("/warming/status", sample_status_json());
  daemon.script("/warming/top", {{"detail", "keys need the token"}}, 401);
  const auto result = run(cli::add_top_command, {"top", "--once"});
  BOOST_TEST(result.status == 0);
  check_shows(result, {"95.3 %", "keys need the token"});
}

BOOST_AUTO_TEST_SUITE_END()
