#include "messages/redaction.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/loading.hpp"
#include "messages/performance.hpp"
#include "messages/prefetching.hpp"
#include "messages/scheduling.hpp"
#include "messages/statistics.hpp"
#include "messages/status.hpp"
#include "messages/warming.hpp"

namespace stoker {

BOOST_AUTO_TEST_SUITE(redaction_test)

namespace {

const redaction hiding{"a secret"};

ranked_key ranked(std::string key) {
  ranked_key result;
  result.key = std::move(key);
  return result;
}

candidate item(std::string key, std::vector<std::string> dependencies = {}) {
  candidate result;
  result.key = std::move(key);
  result.dependencies = std::move(dependencies);
  return result;
}

}  // namespace

// HMAC-SHA-256 of RFC 4231, test case 2.
BOOST_AUTO_TEST_CASE(the_form_is_the_authentication_code_of_the_key) {
  BOOST_TEST(redaction{"Jefe"}.key("what do ya want for nothing?") == "key-5bdcc146bf60754e");
}

BOOST_AUTO_TEST_CASE(equal_keys_look_equal_and_others_do_not) {
  BOOST_TEST(hiding.key("user:17") == redaction{"a secret"}.key("user:17"));
  BOOST_TEST(hiding.key("user:17") != hiding.key("user:18"));
  BOOST_TEST(hiding.key("user:17") != redaction{"another secret"}.key("user:17"));
  BOOST_TEST(hiding.key(std::string{"\0\xff", 2}) != hiding.key(std::string{"\0\xfe", 2}));
}

BOOST_AUTO_TEST_CASE(without_a_secret_nothing_is_hidden) {
  const redaction open;
  BOOST_TEST(!open.hides());
  BOOST_TEST(open.key("user:17") == "user:17");
  warm_report report;
  report.problems = {{"user:17", item_outcome::failed, "no such user", true}};
  open.apply(report);
  BOOST_TEST(report.problems[0].key == "user:17");
  BOOST_TEST(report.problems[0].reason == "no such user");
}

BOOST_AUTO_TEST_CASE(random_secrets_differ) {
  BOOST_TEST(random_secret().size() == 32u);
  BOOST_TEST(random_secret() != random_secret());
}

BOOST_AUTO_TEST_CASE(a_plan_tells_no_key) {
  warm_plan plan;
  plan.phases.push_back({50, 0, {item("page", {"layout", "menu"})}});
  plan.left_out.push_back({item("lock:1"), left_out_reason::key_rule});
  hiding.apply(plan);
  const auto& shown = plan.phases[0].items[0];
  BOOST_TEST(shown.key == hiding.key("page"));
  BOOST_TEST(shown.dependencies[1] == hiding.key("menu"));
  BOOST_TEST(plan.left_out[0].item.key == hiding.key("lock:1"));
}

BOOST_AUTO_TEST_CASE(a_report_tells_no_key_neither_in_words) {
  warm_report report;
  report.strategies = {"popular", "compile"};
  report.error = "popular: page:1 is no page";
  report.notes = {"page:12 and page:1"};
  report.warnings = {"page:1 is slow"};
  report.slow_loads = {{"page:12", std::chrono::seconds{1}}};
  report.problems = {{"page:1", item_outcome::failed, "GET /pages/1: 503", true},
                     {"page:3", item_outcome::dropped, "what it depends on was not warmed: page:1"},
                     {"compile", item_outcome::failed, "no compiler"}};
  const auto page_1 = hiding.key("page:1");
  hiding.apply(report);
  BOOST_TEST(report.error == "popular: " + page_1 + " is no page");
  BOOST_TEST(report.notes[0] == hiding.key("page:12") + " and " + page_1);
  BOOST_TEST(report.warnings[0] == page_1 + " is slow");
  BOOST_TEST(report.slow_loads[0].key == hiding.key("page:12"));
  BOOST_TEST(report.problems[0].key == page_1);
  BOOST_TEST(report.problems[0].reason == "withheld: what an origin says may name the key");
  BOOST_TEST(report.problems[1].reason == "what it depends on was not warmed: " + page_1);
  // An action that failed stands there under its own name.
  BOOST_TEST(report.problems[2].key == "compile");
  BOOST_TEST(report.problems[2].reason == "no compiler");
}

BOOST_AUTO_TEST_CASE(keys_that_are_parts_of_forms_spoil_none) {
  const std::vector<std::string> keys{"k", "e", "key", "a", "0"};
  BOOST_TEST(hiding.text("key a", keys) == hiding.key("key") + " " + hiding.key("a"));
  BOOST_TEST(hiding.text("", keys) == "");
}

BOOST_AUTO_TEST_CASE(statistics_tell_no_key) {
  ranked_keys top{{ranked("one"), ranked("two")}};
  hiding.apply(top);
  BOOST_TEST(top.keys[1].key == hiding.key("two"));
  access_patterns patterns;
  patterns.top = {ranked("one")};
  patterns.trending = {ranked("two")};
  hiding.apply(patterns);
  BOOST_TEST(patterns.top[0].key == hiding.key("one"));
  BOOST_TEST(patterns.trending[0].key == hiding.key("two"));
  key_statistics known;
  known.key = "one";
  known.co_accessed = {{"two", 3}};
  hiding.apply(known);
  BOOST_TEST(known.key == hiding.key("one"));
  BOOST_TEST(known.co_accessed[0].first == hiding.key("two"));
}

BOOST_AUTO_TEST_CASE(predictions_receipts_and_schedules_tell_no_key) {
  predictions predicted;
  predicted.candidates.push_back({"two", 0.9, "successor", "one"});
  predicted.candidates.push_back({"three", 0.5, "popular", ""});
  predicted.unknown = {"four"};
  hiding.apply(predicted);
  BOOST_TEST(predicted.candidates[0].key == hiding.key("two"));
  BOOST_TEST(predicted.candidates[0].source_key == hiding.key("one"));
  BOOST_TEST(predicted.candidates[1].source_key == "");
  BOOST_TEST(predicted.unknown[0] == hiding.key("four"));
  load_receipt receipt;
  receipt.key = "one";
  receipt.error = "GET /one: 404";
  hiding.apply(receipt);
  BOOST_TEST(receipt.key == hiding.key("one"));
  BOOST_TEST(receipt.error == "withheld: what an origin says may name the key");
  schedule_change change;
  change.key = "one";
  hiding.apply(change);
  BOOST_TEST(change.key == hiding.key("one"));
  warming_performance performance;
  performance.slow_loads = {{"one", std::chrono::seconds{1}}};
  hiding.apply(performance);
  BOOST_TEST(performance.slow_loads[0].key == hiding.key("one"));
}

BOOST_AUTO_TEST_CASE(a_status_tells_that_something_failed_and_not_what_was_said_of_it) {
  engine_status status;
  const auto told = [&](const std::set<std::string>& caches) {
    auto shown = status;
    withhold_failures(shown, caches);
    std::string all;
    for (const auto& warmer : shown.warmers) all += warmer.strategies.at(0).error + '|';
    for (const auto& line : shown.scheduler.schedules) all += line.result + '|' + line.last_error + '|';
    for (const auto& outside : shown.outside) all += outside.detail + '|';
    for (const auto& actor : shown.actors) all += actor.last_failure + '|';
    return all;
  };
  for (const auto* cache : {"users", "pages"}) {
    strategy_run run;
    run.error = "no user:17";
    warmer_status warmer;
    warmer.cache = cache;
    warmer.strategies.push_back(run);
    status.warmers.push_back(warmer);
    schedule_state line;
    line.cache = cache;
    line.result = line.last_error = "no user:17";
    status.scheduler.schedules.push_back(line);
    outside_status outside;
    outside.cache = cache;
    outside.detail = "no user:17";
    status.outside.push_back(outside);
    actor_status actor;
    actor.name = std::string{"warmer "} + cache;
    actor.last_failure = "no user:17";
    status.actors.push_back(actor);
  }
  const auto open = told({});
  BOOST_TEST(open.find("withheld") == std::string::npos);
  const auto half = told({"users"});
  const auto count = [](const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  };
  BOOST_TEST(count(half, "withheld") == 5u);
  BOOST_TEST(count(half, "user:17") == 5u);
  BOOST_TEST(count(told({"users", "pages"}), "user:17") == 0u);
}

BOOST_AUTO_TEST_CASE(a_schedule_of_several_caches_tells_its_counts_alone) {
  engine_status status;
  schedule_state line;
  line.succeeded = true;
  line.result = "warmed 7 in 2 caches, 0 failed; users: no user:17";
  status.scheduler.schedules.push_back(line);
  withhold_failures(status, {"users"});
  BOOST_TEST(status.scheduler.schedules[0].result == "warmed 7 in 2 caches, 0 failed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker
