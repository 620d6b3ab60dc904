// Each route, over a real server.
#include <boost/test/unit_test.hpp>
#include <msgpack.hpp>

#include "tests/apps/control/control_fixture.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/gate.hpp"

namespace stoker::test {

namespace {

using json = nlohmann::json;

struct usual_fixture : control_fixture {
  usual_fixture() { use(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_routes_test, usual_fixture)

BOOST_AUTO_TEST_CASE(lives_as_long_as_the_engine_answers) {
  const auto answer = client->Get("/livez");
  BOOST_TEST_REQUIRE(status_of(answer) == 200);
  BOOST_TEST(body_of(answer)["status"] == "ok");
}

BOOST_AUTO_TEST_CASE(tells_the_state_of_the_whole_engine) {
  const auto status = body_of(client->Get("/warming/status"));
  BOOST_TEST_REQUIRE(status["caches"].size() == 1u);
  BOOST_TEST(status["caches"][0]["cache"] == "pages");
  BOOST_TEST(status["caches"][0]["misses"] == 20);
  BOOST_TEST(status["tracker"]["keys"] == 20);
  BOOST_TEST(status["missing"].empty());
}

BOOST_AUTO_TEST_CASE(tells_statistics_of_one_cache_or_all) {
  served->add_cache(cache_of("forms"));
  BOOST_TEST(body_of(client->Get("/warming/stats"))["caches"].size() == 2u);
  const auto one = body_of(client->Get("/warming/stats?cache=forms"));
  BOOST_TEST_REQUIRE(one["caches"].size() == 1u);
  BOOST_TEST(one["caches"][0]["cache"] == "forms");
  BOOST_TEST(one["warmers"].size() == 1u);
  BOOST_TEST(status_of(client->Get("/warming/stats?cache=none")) == 404);
}

BOOST_AUTO_TEST_CASE(tells_health_part_by_part) {
  const auto whole = body_of(client->Get("/warming/health"));
  BOOST_TEST(whole["status"] == "ok");
  const auto one = body_of(client->Get("/warming/health?component=warmer"));
  BOOST_TEST_REQUIRE(one["components"].size() == 1u);
  BOOST_TEST(one["components"][0]["component"] == "warmer");
  const auto unknown = client->Get("/warming/health?component=stove");
  BOOST_TEST(status_of(unknown) == 400);
  BOOST_TEST(body_of(unknown)["field"] == "component");
}

BOOST_AUTO_TEST_CASE(lists_strategies_with_their_parameters) {
  const auto all = body_of(client->Get("/warming/strategies"))["strategies"];
  BOOST_TEST(all.size() > 10u);
  BOOST_TEST(all[0].contains("parameters"));
}

BOOST_AUTO_TEST_CASE(ranks_keys) {
  const auto top = body_of(get("/warming/top?limit=3"));
  BOOST_TEST_REQUIRE(top["keys"].size() == 3u);
  BOOST_TEST(top["keys"][0]["key"] == "/page/0");
  BOOST_TEST(status_of(get("/warming/top?by=beauty")) == 400);
  BOOST_TEST(body_of(get("/warming/top?limit=0"))["field"] == "limit");
  BOOST_TEST(body_of(get("/warming/top?lmit=3"))["field"] == "lmit");
}

BOOST_AUTO_TEST_CASE(tells_what_is_known_of_one_key) {
  const auto known = body_of(get("/warming/key?key=/page/0"));
  BOOST_TEST(known["key"] == "/page/0");
  BOOST_TEST(known["count"] == 5);
  BOOST_TEST(body_of(get("/warming/key?key=/never"))["count"] == 0);
  BOOST_TEST(status_of(get("/warming/key")) == 400);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_no_text_is_given_in_base64) {
  pages->get(std::string{"\xff\x00\x01", 3});
  served->flush();
  const auto known = body_of(get("/warming/key?key_base64=/wAB"));
  BOOST_TEST(known["count"] == 1);
  BOOST_TEST(known["key_base64"] == "/wAB");
  BOOST_TEST(!known.contains("key"));
  BOOST_TEST(body_of(get("/warming/key?key_base64=_wAB"))["count"] == 1);
  BOOST_TEST(status_of(get("/warming/key?key_base64=!")) == 400);
}

BOOST_AUTO_TEST_CASE(tells_patterns_predictions_performance_and_tasks) {
  BOOST_TEST(body_of(get("/warming/patterns"))["unique_keys"] == 20);
  BOOST_TEST(status_of(get("/warming/predict?key=/page/0&key=/page/1&limit=5")) == 200);
  BOOST_TEST(body_of(get("/warming/predict?key=/never"))["unknown"][0] == "/never");
  BOOST_TEST(status_of(get("/warming/predict")) == 400);
  served->register_task({.cache = "pages", .id = "start", .key = "/page/0"});
  BOOST_TEST(body_of(get("/warming/tasks"))["tasks"][0]["key"] == "/page/0");
  BOOST_TEST(body_of(get("/warming/memory_events")).contains("latest"));
  post("/warming/warm");
  BOOST_TEST(body_of(get("/warming/performance"))["runs"] == 1);
}

BOOST_AUTO_TEST_CASE(warms_and_reports) {
  pages->clear();
  const auto answer = post("/warming/warm", {{"strategy", "popular"}, {"limit", 5}, {"reason", "test"}});
  BOOST_TEST_REQUIRE(status_of(answer) == 200);
  const auto report = body_of(answer);
  BOOST_TEST(report["warmed"] == 5);
  BOOST_TEST(report["reason"] == "test");
  BOOST_TEST(body_of(get("/warming/report"))["run"] == report["run"]);
  BOOST_TEST(status_of(get("/warming/report?run=99")) == 404);
}

BOOST_AUTO_TEST_CASE(answers_where_to_look_when_nobody_waits_for_the_run) {
  pages->clear();
  const auto answer = post("/warming/warm", {{"limit", 5}, {"wait", false}});
  BOOST_TEST_REQUIRE(status_of(answer) == 202);
  const auto place = answer->get_header_value("Location");
  BOOST_TEST(body_of(answer)["location"] == place);
  BOOST_TEST(eventually([&] { return body_of(get(place))["state"] == "completed"; }));
  BOOST_TEST(body_of(get(place))["report"]["warmed"] == 5);
  BOOST_TEST(body_of(get("/warming/runs"))["runs"].size() == 1u);
  BOOST_TEST(status_of(get("/warming/runs/77")) == 404);
  BOOST_TEST(status_of(get("/warming/runs/x")) == 404);
}

BOOST_AUTO_TEST_CASE(a_plan_is_kept_shown_run_and_forgotten) {
  pages->clear();
  const auto plan = body_of(post("/warming/plan", {{"limit", 4}, {"save", true}}));
  BOOST_TEST(plan["selected"] == 4);
  BOOST_TEST(plan["left_out_counts"]["over_limit"] == 16);
  const auto id = plan["id"].get<std::string>();
  BOOST_TEST(body_of(client->Get("/warming/plans"))["plans"][0]["id"] == id);
  const auto shown = body_of(get("/warming/plans/" + id + "?items=1"));
  BOOST_TEST(shown["truncated"] == true);
  BOOST_TEST(shown["phases"][0]["items"].size() == 1u);
  BOOST_TEST(body_of(post("/warming/warm", {{"plan", id}}))["warmed"] == 4);
  BOOST_TEST(status_of(client->Delete("/warming/plans/" + id, with_token())) == 200);
  BOOST_TEST(status_of(get("/warming/plans/" + id)) == 404);
  BOOST_TEST(body_of(post("/warming/warm", {{"plan", id}}))["code"] == "no_such_plan");
  BOOST_TEST(body_of(post("/warming/plan", {{"limit", 4}}))["id"].is_null());
}

BOOST_AUTO_TEST_CASE(takes_a_run_back) {
  pages->clear();
  post("/warming/warm", {{"limit", 5}});
  const auto undone = body_of(post("/warming/rollback"));
  BOOST_TEST(undone["removed"] == 5);
  BOOST_TEST(body_of(post("/warming/validate"))["cache"] == "pages");
}

BOOST_AUTO_TEST_CASE(starts_and_stops_background_warming) {
  const auto started = body_of(post(
      "/warming/start",
      {{"interval_s", 600},
       {"schedules", {{{"id", "morning"}, {"kind", "times"}, {"times", {"08:30"}}, {"cache", "pages"}}}}}));
  BOOST_TEST(started["running"] == true);
  BOOST_TEST(started["schedules"].size() == 2u);
  BOOST_TEST(body_of(client->Get("/warming/status"))["started"] == true);
  BOOST_TEST(status_of(post("/warming/run_schedules", {{"id", "morning"}})) == 200);
  BOOST_TEST(status_of(post("/warming/optimize", {{"apply", false}})) == 200);
  BOOST_TEST(body_of(post("/warming/stop", {{"patience_s", 1}}))["running"] == false);
}

BOOST_AUTO_TEST_CASE(warms_users_critical_tasks_and_caches_together) {
  pages->get("/page/3", {.subject = "user 7"});
  served->flush();
  pages->clear();
  const auto warmed = body_of(post("/warming/warm_user", {{"id", "user 7"}}));
  BOOST_TEST(warmed["warmed"] == 1, warmed);
  BOOST_TEST(body_of(post("/warming/warm_user", {{"id", "user 7"}}))["skipped"] == true);
  BOOST_TEST(body_of(post("/warming/warm_user"))["field"] == "id");
  served->register_task({.cache = "pages", .id = "a", .key = "/page/0", .critical = true});
  const auto critical = body_of(post("/warming/warm_critical"));
  BOOST_TEST(critical["warmed"] == 1, critical);
  BOOST_TEST(status_of(post("/warming/warm_together", {{"caches", {"pages"}}})) == 200);
}

BOOST_AUTO_TEST_CASE(drops_entries_by_key_and_tag) {
  pages->put("a", "1", {.tags = {"x"}});
  pages->put("b", "2");
  const auto dropped = body_of(post("/warming/invalidate", {{"keys", {"b", "gone"}}, {"tags", {"x"}}}));
  BOOST_TEST(dropped["keys"] == 1);
  BOOST_TEST(dropped["tagged"] == 1);
  BOOST_TEST(status_of(post("/warming/invalidate")) == 400);
  BOOST_TEST(status_of(post("/warming/flush")) == 200);
  BOOST_TEST(status_of(post("/warming/forget")) == 200);
  BOOST_TEST(body_of(get("/warming/patterns"))["unique_keys"] == 0);
}

BOOST_AUTO_TEST_CASE(cancels_what_goes_on) {
  BOOST_TEST(status_of(post("/warming/cancel")) >= 200);
  BOOST_TEST(status_of(post("/warming/cancel", {{"cache", "none"}})) == 404);
}

BOOST_AUTO_TEST_CASE(takes_accesses_from_other_processes) {
  BOOST_TEST(body_of(post("/track", {{"key", "/other"}, {"outcome", "hit"}, {"subject", "u"}}))["accepted"] ==
             1);
  const auto many = post(
      "/track",
      {{"cache", "pages"}, {"accesses", {{{"key", "/other"}}, {{"key_base64", "/wAB"}, {"tags", {"t"}}}}}});
  BOOST_TEST(body_of(many)["accepted"] == 2);
  served->flush();
  BOOST_TEST(body_of(get("/warming/key?key=/other"))["count"] == 2);
  BOOST_TEST(body_of(get("/warming/key?key_base64=/wAB"))["tags"][0] == "t");
  BOOST_TEST(server->counters().accesses_tracked == 3u);
}

BOOST_AUTO_TEST_CASE(refuses_accesses_as_a_whole) {
  const auto answer = post("/track", {{"accesses", {{{"key", "/good"}}, {{"key", "/bad"}, {"bytes", -1}}}}});
  BOOST_TEST(status_of(answer) == 400);
  BOOST_TEST(body_of(answer)["field"] == "accesses[1].bytes");
  BOOST_TEST(status_of(post(
                 "/track", {{"accesses", {{{"key", "/good"}}, {{"key", "/x"}, {"cache", "none"}}}}})) == 404);
  served->flush();
  BOOST_TEST(body_of(get("/warming/key?key=/good"))["count"] == 0);
}

BOOST_AUTO_TEST_CASE(takes_accesses_as_msgpack) {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> to{buffer};
  to.pack_map(2);
  to.pack("key");
  to.pack_bin(3);
  to.pack_bin_body("\xff\x00\x01", 3);
  to.pack("outcome");
  to.pack("hit");
  const auto send = [&](const std::string& bytes) {
    return client->Post("/track", with_token(), bytes, "application/msgpack");
  };
  BOOST_TEST(body_of(send({buffer.data(), buffer.size()}))["accepted"] == 1);
  BOOST_TEST(status_of(send("\xc1")) == 400);
  served->flush();
  BOOST_TEST(body_of(get("/warming/key?key_base64=/wAB"))["count"] == 1);
}

BOOST_AUTO_TEST_CASE(asks_which_cache_is_meant_where_there_are_several) {
  served->add_cache(cache_of("forms"));
  const auto answer = post("/warming/warm");
  BOOST_TEST(status_of(answer) == 400);
  BOOST_TEST(body_of(answer)["field"] == "cache");
  BOOST_TEST(body_of(answer)["expected"].get<std::string>().find("forms or pages") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tells_metrics_of_the_engine_and_of_itself) {
  const auto answer = client->Get("/metrics");
  BOOST_TEST_REQUIRE(status_of(answer) == 200);
  BOOST_TEST(answer->body.find("stoker_control_requests_total 0") != std::string::npos);
  BOOST_TEST(answer->body.find("cache=\"pages\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(control_redaction_test)

BOOST_AUTO_TEST_CASE(redacted_keys_are_for_everybody_and_no_key_is_told) {
  control_fixture fixture;
  auto config = control_fixture::cache_of("secret");
  config.redact_keys = true;
  auto secret = fixture.served->add_cache(config);
  for (int i = 0; i < 3; ++i) secret.get("/patient/7");
  fixture.served->register_task({.cache = "secret", .id = "/patient/7", .name = "warm /patient/7"});
  fixture.served->flush();
  for (const char* path :
       {"/warming/top?cache=secret", "/warming/patterns?cache=secret",
        "/warming/key?cache=secret&key=/patient/7",
        "/warming/predict?cache=secret&key=/patient/7&key=/patient/8", "/warming/tasks?cache=secret"}) {
    const auto answer = fixture.client->Get(path);
    BOOST_TEST(fixture.status_of(answer) == 200, path);
    BOOST_TEST(answer->body.find("patient") == std::string::npos, answer->body);
  }
  BOOST_TEST(fixture.client->Get("/warming/top?cache=secret")->body.find("key-") != std::string::npos);
  BOOST_TEST(fixture.status_of(fixture.client->Get("/warming/top?cache=pages")) == 401);
  BOOST_TEST(fixture.status_of(fixture.client->Get("/warming/top")) == 401);
  BOOST_TEST(fixture.status_of(fixture.client->Get("/warming/top?cache=none")) == 401);
  BOOST_TEST(fixture.status_of(fixture.client->Get("/warming/runs")) == 401);
  secret.clear();
  const auto plan = fixture.post("/warming/plan", {{"cache", "secret"}, {"save", true}});
  BOOST_TEST(plan->body.find("patient") == std::string::npos);
  const auto id = fixture.body_of(plan)["id"].get<std::string>();
  BOOST_TEST(fixture.get("/warming/plans/" + id)->body.find("patient") == std::string::npos);
  // What is kept are the keys themselves.
  const auto report = fixture.post("/warming/warm", {{"plan", id}});
  BOOST_TEST(fixture.body_of(report)["warmed"] == 1);
  BOOST_TEST(report->body.find("patient") == std::string::npos);
  BOOST_TEST(fixture.status_of(fixture.client->Get("/warming/performance?cache=secret")) == 200);
  BOOST_TEST(fixture.client->Get("/warming/report?cache=secret")->body.find("patient") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_failures_say_is_withheld_from_the_status_of_a_cache_that_hides_its_keys) {
  control_fixture fixture;
  auto config = control_fixture::cache_of("secret");
  config.redact_keys = true;
  fixture.served->add_cache(config);
  for (const auto* cache : {"secret", "pages"}) {
    fixture.served->register_strategy(
        {.cache = cache, .name = "broken", .propose = [](const strategy_request&) -> std::vector<candidate> {
           throw std::runtime_error{"no /patient/7"};
         }});
    fixture.served->warm({.cache = cache, .strategies = {"broken"}});
  }
  const auto status = fixture.body_of(fixture.client->Get("/warming/status"));
  for (const auto& warmer : status.at("warmers"))
    for (const auto& strategy : warmer.at("strategies"))
      if (strategy.at("strategy") == "broken") {
        const auto error = strategy.at("error").get<std::string>();
        const bool hides = warmer.at("cache") == "secret";
        BOOST_TEST((error.find("withheld") != std::string::npos) == hides, error);
        BOOST_TEST((error.find("patient") == std::string::npos) == hides, error);
      }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(control_deadline_test)

BOOST_AUTO_TEST_CASE(an_engine_that_does_not_answer_is_told_with_504) {
  auto options = control_fixture::usual_options();
  options.limits.answer_timeout = std::chrono::milliseconds{50};
  control_fixture fixture{options};
  gate closed;
  fixture.served->register_strategy(
      {.cache = "pages", .name = "stuck", .propose = [&](const strategy_request&) {
         closed.enter();
         return std::vector<candidate>{};
       }});
  const auto answer = fixture.post("/warming/plan", {{"strategy", "stuck"}});
  BOOST_TEST(fixture.status_of(answer) == 504);
  BOOST_TEST(fixture.body_of(answer)["code"] == "timed_out");
  BOOST_TEST(fixture.status_of(fixture.client->Get("/livez")) == 200);
  closed.open();
}

BOOST_AUTO_TEST_CASE(a_run_that_takes_longer_than_an_answer_may_is_told_with_202) {
  auto options = control_fixture::usual_options();
  options.limits.answer_timeout = std::chrono::milliseconds{50};
  control_fixture fixture{options};
  gate closed;
  fixture.served->register_strategy(
      {.cache = "pages", .name = "slow", .propose = [&](const strategy_request&) {
         closed.enter();
         return std::vector<candidate>{};
       }});
  const auto answer = fixture.post("/warming/warm", {{"strategy", "slow"}});
  BOOST_TEST(fixture.status_of(answer) == 202);
  BOOST_TEST(fixture.server->counters().runs == 1u);
  closed.open();
  const auto place = answer->get_header_value("Location");
  BOOST_TEST(eventually([&] { return fixture.body_of(fixture.get(place))["state"] == "completed"; }));
}

BOOST_AUTO_TEST_CASE(more_runs_than_may_go_on_are_refused) {
  auto options = control_fixture::usual_options();
  options.limits.runs = 1;
  control_fixture fixture{options};
  gate closed;
  fixture.served->register_strategy(
      {.cache = "pages", .name = "slow", .propose = [&](const strategy_request&) {
         closed.enter();
         return std::vector<candidate>{};
       }});
  const nlohmann::json body{{"strategy", "slow"}, {"wait", false}};
  BOOST_TEST(fixture.status_of(fixture.post("/warming/warm", body)) == 202);
  const auto second = fixture.post("/warming/warm", body);
  BOOST_TEST(fixture.status_of(second) == 503);
  BOOST_TEST(second->get_header_value("Retry-After") == "1");
  closed.open();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
