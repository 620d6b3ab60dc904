// The commands against the control server itself: what both sides understand by the API.
#include <nlohmann/json.hpp>
#include <stoker/engine.hpp>

#include "apps/control/control_server.hpp"
#include "apps/stoker/cycle_command.hpp"
#include "apps/stoker/health_command.hpp"
#include "apps/stoker/list_command.hpp"
#include "apps/stoker/optimize_command.hpp"
#include "apps/stoker/patterns_command.hpp"
#include "apps/stoker/plan_command.hpp"
#include "apps/stoker/predict_command.hpp"
#include "apps/stoker/report_command.hpp"
#include "apps/stoker/rollback_command.hpp"
#include "apps/stoker/snapshot_command.hpp"
#include "apps/stoker/start_command.hpp"
#include "apps/stoker/stats_command.hpp"
#include "apps/stoker/status_command.hpp"
#include "apps/stoker/stop_command.hpp"
#include "apps/stoker/top_command.hpp"
#include "apps/stoker/track_command.hpp"
#include "apps/stoker/warm_command.hpp"
#include "tests/apps/stoker/run_command.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace stoker::test;

namespace real_server {

const std::string token = "0123456789abcdef0123456789abcdef";

cache_config pages() {
  cache_config config;
  config.name = "pages";
  config.capacity_bytes = 8 << 20;
  config.load = [](std::string_view key) { return loaded("page " + std::string{key}); };
  config.predictor = predictor_kind::none;
  return config;
}

// An engine with a cache that has seen some traffic, served over TCP and on a Unix socket.
struct served_engine {
  served_engine() {
    for (int round = 0; round < 4; ++round)
      for (int number = 0; number < 20; ++number) cache.get("/page/" + std::to_string(number));
    running.flush();
    cache.clear();
  }

  control::control_options options() const {
    control::control_options result;
    result.port = 0;
    result.token = token;
    result.unix_path = socket;
    return result;
  }

  outcome run(const cli::add_command& add, std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--server", "unix:" + socket});
    auto result = run_command(add, arguments);
    BOOST_CHECK_MESSAGE(result.status == 0, arguments.front() + ": " + result.err);
    return result;
  }
  nlohmann::json json_of(const cli::add_command& add, std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    return nlohmann::json::parse(run(add, std::move(arguments)).out);
  }

  temporary_folder folder;
  std::string socket = (folder.path() / "control.sock").string();
  engine running;
  cache_handle cache = running.add_cache(pages());
  control::control_server server{running, options()};
};

void check_shows(const outcome& result, const std::vector<std::string>& parts) {
  for (const auto& part : parts)
    BOOST_CHECK_MESSAGE(result.out.find(part) != std::string::npos,
                        part + " is not in\n" + result.out + result.err);
}

}  // namespace real_server

BOOST_FIXTURE_TEST_SUITE(real_server, served_engine)

BOOST_AUTO_TEST_CASE(warming_is_planned_done_reported_and_undone) {
  check_shows(run(cli::add_list_command, {"list", "--cache", "pages"}), {"popular\n", "    limit (integer"});
  const auto planned = run(cli::add_plan_command, {"plan", "--cache", "pages", "--strategy", "popular",
                                                   "--limit", "5", "--items", "2", "--save"});
  check_shows(planned,
              {"would warm 5 keys of cache pages", "/page/", "... and 3 more", "over_limit", "kept as plan"});
  const auto warmed = json_of(cli::add_warm_command, {"warm", "--cache", "pages", "--strategy", "popular",
                                                      "--limit", "5", "--policy", "conservative"});
  BOOST_TEST(warmed.at("warmed") == 5);
  BOOST_TEST(warmed.at("reason") == "command line");
  check_shows(run(cli::add_report_command, {"report", "--run", warmed.at("run").dump()}),
              {"run 1 of cache pages (popular): completed", "warmed 5 of 5"});
  check_shows(run(cli::add_report_command, {"report", "--cache", "pages"}), {"the latest 1 runs: 5 warmed"});
  check_shows(run(cli::add_rollback_command, {"rollback", "--cache", "pages"}),
              {"run 1 of cache pages: 5 entries removed"});
}

BOOST_AUTO_TEST_CASE(a_kept_plan_is_run) {
  const auto plan = json_of(cli::add_plan_command, {"plan", "--limit", "3", "--save"});
  const auto id = plan.at("id").get<std::string>();
  BOOST_TEST(json_of(cli::add_warm_command, {"warm", "--plan", id}).at("warmed") == 3);
}

BOOST_AUTO_TEST_CASE(background_warming_is_started_run_fitted_and_stopped) {
  check_shows(run(cli::add_start_command, {"start", "--interval", "3600"}),
              {"background warming is running", "pages"});
  const auto cycled = json_of(cli::add_cycle_command, {"cycle"});
  BOOST_TEST(cycled.at("cycles").get<int>() >= 1);
  const auto fitted = json_of(cli::add_optimize_command, {"optimize", "--dry-run"});
  BOOST_REQUIRE(!fitted.at("changes").empty());
  BOOST_TEST(fitted.at("changes")[0].at("cache") == "pages");
  check_shows(run(cli::add_optimize_command, {"optimize"}), {"accesses a minute", "60 min"});
  check_shows(run(cli::add_status_command, {"status"}), {"background warming is running", "popular pages"});
  check_shows(run(cli::add_stop_command, {"stop", "--patience", "5"}), {"background warming is stopped"});
  check_shows(run(cli::add_status_command, {"status"}), {"background warming is stopped"});
}

BOOST_AUTO_TEST_CASE(a_cycle_does_not_wait_for_schedules_that_are_there_no_more) {
  run(cli::add_start_command, {"start", "--interval", "3600"});
  running.start({.interval = std::chrono::hours{1}, .strategy = "recent"});  // in their place
  const auto cycled = json_of(cli::add_cycle_command, {"cycle", "--patience", "60"});
  BOOST_TEST(cycled.at("schedules").size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_known_is_shown) {
  run(cli::add_warm_command, {"warm", "--limit", "5"});
  cache.get("/page/1");
  const auto status = run(cli::add_status_command, {"status"});
  check_shows(status, {"pages", "popular", "unproven", "closed", "pressure is", "history:"});
  BOOST_TEST(status.out.find("does not answer") == std::string::npos);
  BOOST_TEST(json_of(cli::add_status_command, {"status"}).at("caches")[0].at("misses") >= 20);
  check_shows(run(cli::add_stats_command, {"stats"}), {"pages", "popular", "tracked: 20 keys"});
  check_shows(run(cli::add_health_command, {"health", "--component", "warmer"}), {"warmer", "ok"});
  check_shows(run(cli::add_patterns_command, {"patterns"}), {"of 20 keys", "/page/1", "hour"});
  check_shows(run(cli::add_top_command, {"top", "--once"}), {"hot keys of pages", "/page/1"});
}

BOOST_AUTO_TEST_CASE(a_snapshot_is_saved_where_it_is_wanted_and_loaded) {
  const auto file = folder / "pages.snapshot";
  check_shows(run(cli::add_snapshot_command, {"snapshot", "save", "--path", file, "--keys", "7"}),
              {"7 keys of cache pages saved in " + file});
  check_shows(run(cli::add_snapshot_command, {"snapshot", "load", "--path", file}),
              {"7 keys of cache pages loaded from " + file});
}

BOOST_AUTO_TEST_CASE(tracked_accesses_are_learned) {
  check_shows(run(cli::add_track_command,
                  {"track", "--cache", "pages", "--outcome", "miss", "/new", "/new", "/b\xff"}),
              {"3 accesses tracked"});
  running.flush();
  BOOST_TEST(cache.frequency("/new") == 2u);
  BOOST_TEST(cache.frequency("/b\xff") == 1u);
  check_shows(run(cli::add_top_command, {"top", "--once"}), {"base64:"});
}

BOOST_AUTO_TEST_CASE(prediction_is_asked_of_the_engine) {
  const auto answer = run_command(cli::add_predict_command, {"predict", "--cache", "pages", "/never",
                                                             "--server", "unix:" + socket, "--json"});
  BOOST_TEST(answer.status == cli::exit_failure);
  BOOST_TEST(nlohmann::json::parse(answer.out).at("candidates").empty());
}

BOOST_AUTO_TEST_CASE(over_tcp_a_token_is_needed_for_what_changes_something) {
  const auto stop = [&](const std::string& given) {
    ::setenv("STOKER_TOKEN", given.c_str(), 1);
    auto result = run_command(cli::add_stop_command, {"stop", "--server", server.url()});
    ::unsetenv("STOKER_TOKEN");
    return result;
  };
  check_rejected(stop(""), cli::exit_failure, "STOKER_TOKEN or --token-file");
  check_rejected(stop("fedcba9876543210fedcba9876543210"), cli::exit_failure, "STOKER_TOKEN or --token-file");
  BOOST_TEST(stop(token).status == 0);
  // Reading what holds no keys needs none; the hot keys are left out, and the frame says so.
  const auto top = run_command(cli::add_top_command, {"top", "--once", "--server", server.url()});
  BOOST_TEST(top.status == 0);
  BOOST_TEST(top.out.find("/page/1") == std::string::npos);
  check_shows(top, {"hot keys: "});
}

BOOST_AUTO_TEST_CASE(mistakes_are_wrong_usage_in_the_servers_words) {
  const auto rejected = [&](const cli::add_command& add, std::vector<std::string> arguments,
                            const char* part) {
    arguments.insert(arguments.end(), {"--server", "unix:" + socket});
    check_rejected(run_command(add, arguments), cli::exit_usage, part);
  };
  rejected(cli::add_warm_command, {"warm", "--cache", "none"}, "none");
  rejected(cli::add_warm_command, {"warm", "--strategy", "none"}, "none");
  rejected(cli::add_plan_command, {"plan", "--param", "nothing=1"}, "nothing");
  rejected(cli::add_health_command, {"health", "--component", "heart"}, "component: must be engine");
}

BOOST_AUTO_TEST_SUITE_END()
