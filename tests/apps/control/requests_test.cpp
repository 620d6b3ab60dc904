// What clients send, read or refused with the field and what was expected.
#include <boost/test/unit_test.hpp>

#include "apps/control/requests.hpp"

namespace stoker::test {

using namespace control;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(control_requests_test)

namespace {

// The field that is complained of; empty: none is.
template <class Read>
std::string complaint(Read read) {
  try {
    read();
  } catch (const refused& failure) {
    BOOST_TEST(failure.why().status == 400);
    BOOST_TEST(!failure.why().expected.empty());
    return failure.why().field;
  }
  return {};
}

std::string warm_complaint(const std::string& text) {
  return complaint([&] { warm_of(parse_body(text)); });
}

std::string start_complaint(const std::string& text) {
  return complaint([&] { start_of(parse_body(text)); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_run_is_read_field_by_field) {
  const auto order = warm_of(parse_body(R"({"cache": "pages", "strategies": ["popular", "recent"], "limit": 5,
    "parameters": {"hours": 3, "tag": "x", "deep": true}, "policy": "aggressive", "budget_bytes": 1000,
    "deadline_s": 1.5, "reason": "test", "wait": true, "wait_s": 2})"));
  BOOST_TEST(order.request.cache == "pages");
  BOOST_TEST(order.request.strategies.size() == 2u);
  BOOST_TEST(order.request.parameters.size() == 3u);
  BOOST_TEST(order.request.parameters[1].text == "3");
  BOOST_TEST((order.request.policy == memory_policy::aggressive));
  BOOST_TEST((order.request.deadline == 1500ms));
  BOOST_TEST((order.waits.at_most == 2s));
}

BOOST_AUTO_TEST_CASE(an_empty_body_asks_for_the_defaults) {
  const auto order = warm_of(parse_body(" \n"));
  BOOST_TEST(order.request.reason == "api");
  BOOST_TEST(order.waits.wait);
}

BOOST_AUTO_TEST_CASE(what_can_not_be_taken_is_named) {
  BOOST_TEST(warm_complaint("[]") == "body");
  BOOST_TEST(warm_complaint("{") == "body");
  BOOST_TEST(warm_complaint(R"({"limit": -1})") == "limit");
  BOOST_TEST(warm_complaint(R"({"limit": 1.5})") == "limit");
  BOOST_TEST(warm_complaint(R"({"limit": 4294967296})") == "limit");
  BOOST_TEST(warm_complaint(R"({"limit": "5"})") == "limit");
  BOOST_TEST(warm_complaint(R"({"policy": "greedy"})") == "policy");
  BOOST_TEST(warm_complaint(R"({"policy": 1})") == "policy");
  BOOST_TEST(warm_complaint(R"({"strategies": "popular"})") == "strategies");
  BOOST_TEST(warm_complaint(R"({"strategies": ["a", 1]})") == "strategies[1]");
  BOOST_TEST(warm_complaint(R"({"strategies": ["a"], "strategy": "b"})") == "strategy");
  BOOST_TEST(warm_complaint(R"({"parameters": {"x": []}})") == "parameters.x");
  BOOST_TEST(warm_complaint(R"({"parameters": 1})") == "parameters");
  BOOST_TEST(warm_complaint(R"({"deadline_s": -1})") == "deadline_s");
  BOOST_TEST(warm_complaint(R"({"deadline_s": 1e300})") == "deadline_s");
  BOOST_TEST(warm_complaint(R"({"wait": "no"})") == "wait");
  BOOST_TEST(warm_complaint(R"({"lmit": 5})") == "lmit");
  BOOST_TEST(warm_complaint(R"({"plan": "x", "limit": 5})") == "limit");
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
  BOOST_TEST(complaint([] { parse_body(std::string(100'000, '[')); }) == "body");
  BOOST_CHECK_NO_THROW(parse_body(R"({"reason": "[[[[[[[[[[[[[[[[[[[[[[[[[[[[ \" [[["})"));
}

BOOST_AUTO_TEST_CASE(accesses_are_read_one_or_many) {
  const auto one = accesses_of(parse_body(R"({"key": "a", "cost_us": 7, "attributes": {"size": 2}})"));
  BOOST_TEST_REQUIRE(one.size() == 1u);
  BOOST_TEST(one[0].described);
  BOOST_TEST(one[0].cost_us == 7u);
  const auto many = accesses_of(parse_body(
      R"({"cache": "c", "accesses": [{"key_base64": "/wAB", "co_accessed": ["x", {"key_base64": "AA=="}]},
          {"key": "b", "cache": "d", "outcome": "first_use"}]})"));
  BOOST_TEST(many[0].key == (std::string{"\xff\x00\x01", 3}));
  BOOST_TEST(many[0].cache == "c");
  BOOST_TEST(many[0].co_accessed[1] == (std::string{"\0", 1}));
  BOOST_TEST((many[1].outcome == access_outcome::first_use));
  BOOST_TEST(many[1].cache == "d");
}

BOOST_AUTO_TEST_CASE(accesses_that_can_not_be_taken_are_named) {
  const auto named = [](const std::string& text) {
    return complaint([&] { accesses_of(parse_body(text)); });
  };
  BOOST_TEST(named("{}") == "key");
  BOOST_TEST(named(R"({"key": ""})") == "key");
  BOOST_TEST(named(R"({"key": "a", "key_base64": "AA=="})") == "key_base64");
  BOOST_TEST(named(R"({"key_base64": "%"})") == "key_base64");
  BOOST_TEST(named(R"({"accesses": [{"key": "a"}, {"key": "b", "outcome": "lost"}]})") ==
             "accesses[1].outcome");
  BOOST_TEST(named(R"({"accesses": {}})") == "accesses");
  BOOST_TEST(named(R"({"accesses": [1]})") == "accesses[0]");
  BOOST_TEST(named(R"({"accesses": [], "key": "a"})") == "key");
  BOOST_TEST(named(R"({"key": "a", "co_accessed": [1]})") == "co_accessed[0]");
  BOOST_TEST(named(R"({"key": "a", "attributes": {"x": "y"}})") == "attributes.x");
}

BOOST_AUTO_TEST_CASE(msgpack_is_read_as_json_is) {
  const auto packed = [](const char* text) {
    const auto bytes = nlohmann::json::to_msgpack(nlohmann::json::parse(text));
    return std::string{bytes.begin(), bytes.end()};
  };
  const auto many =
      decode_track(packed(R"({"cache": "c", "accesses": [{"key": "a", "outcome": "late", "bytes": 5,
      "cost_us": 7, "subject": "u", "kind": "forms", "co_accessed": ["x"], "tags": ["t"], "attributes": {"size": -2}},
      {"key": "b", "cache": "d"}]})"));
  BOOST_TEST_REQUIRE(many.size() == 2u);
  BOOST_TEST((many[0].outcome == access_outcome::late));
  BOOST_TEST(many[0].cache == "c");
  BOOST_TEST(many[0].attributes.at(0).second == -2.0);
  BOOST_TEST(many[0].described);
  BOOST_TEST(many[1].cache == "d");
  BOOST_TEST(!many[1].described);
  for (const auto& [text, field] : std::vector<std::pair<const char*, std::string>>{
           {R"([])", "body"},
           {R"({})", "key"},
           {R"({"key": 1})", "key"},
           {R"({"key": ""})", "key"},
           {R"({"key": "a", "bytes": -1})", "bytes"},
           {R"({"key": "a", "bytes": 4294967296})", "bytes"},
           {R"({"key": "a", "outcome": "lost"})", "outcome"},
           {R"({"key": "a", "colour": "red"})", "colour"},
           {R"({"accesses": 1})", "accesses"},
           {R"({"accesses": [], "key": "a"})", "body"},
           {R"({"accesses": [{"key": "a"}, {"key": "b", "tags": [1]}]})", "accesses[1].tags[0]"},
           {R"({"accesses": [{"key": "b", "attributes": {"x": "y"}}]})", "accesses[0].attributes.x"}})
    BOOST_CHECK_EXCEPTION(decode_track(packed(text)), error, [&](const error& failure) {
      return failure.code() == errc::invalid_argument &&
             std::string{failure.what()}.starts_with(field + ": ");
    });
}

BOOST_AUTO_TEST_CASE(schedules_and_calendars_are_read) {
  const auto options = start_of(parse_body(R"({"interval_s": 60, "tasks": true, "jitter_s": 1,
    "schedules": [{"id": "open", "kind": "times", "times": ["08:30", "-00:15:30"], "calendar": "exchange",
                   "anchor": "session_open", "strategy": "popular", "limit": 200, "task": "warm"}],
    "calendars": [{"name": "exchange", "time_zone": "America/New_York", "weekdays": [1, 2], "holidays": [20261225],
                   "open_s": 34200, "close_s": 57600, "short_days": [{"date": 20261127, "close_s": 46800}]}]})"));
  BOOST_TEST((options.interval == 60s));
  BOOST_TEST_REQUIRE(options.schedules.size() == 1u);
  BOOST_TEST(options.schedules[0].times_s[0] == 30'600);
  BOOST_TEST(options.schedules[0].times_s[1] == -930);
  BOOST_TEST(options.schedules[0].what.limit == 200u);
  BOOST_TEST((options.schedules[0].anchor == schedule_anchor::session_open));
  BOOST_TEST(options.calendars[0].weekdays.size() == 2u);
  BOOST_TEST(options.calendars[0].short_days[0].date == 20'261'127);
}

BOOST_AUTO_TEST_CASE(schedules_that_can_not_be_taken_are_named) {
  BOOST_TEST(start_complaint(R"({"schedules": [{}]})") == "schedules[0].id");
  for (const char* time : {"8:30", "24:00", "08:60", "08-30", "08:30:", "", "ab:cd"})
    BOOST_TEST(start_complaint(R"({"schedules": [{"id": "a", "times": [")" + std::string{time} +
                               R"("]}]})") == "schedules[0].times",
               time);
  BOOST_TEST(start_complaint(R"({"schedules": [{"id": "a", "times_s": [100000]}]})") ==
             "schedules[0].times_s");
  BOOST_TEST(start_complaint(R"({"calendars": [{"name": "x", "weekdays": [8]}]})") ==
             "calendars[0].weekdays");
  BOOST_TEST(start_complaint(R"({"calendars": [{}]})") == "calendars[0].name");
  BOOST_TEST(start_complaint(R"({"jitter_s": -1})") == "jitter_s");
}

BOOST_AUTO_TEST_CASE(queries_are_read_and_checked) {
  const query_parameters given{{"limit", "5"},       {"share", "0.5"}, {"key", "a"},
                               {"key_base64", "AA"}, {"twice", "1"},   {"twice", "2"}};
  query asked{given};
  BOOST_TEST(asked.integer("limit", 1, 0, 10) == 5u);
  BOOST_TEST(asked.number("share", 0, 0, 1) == 0.5);
  BOOST_TEST(asked.keys("key").size() == 2u);
  BOOST_TEST(complaint([&] { asked.text("twice"); }) == "twice");
  BOOST_TEST(complaint([&] { asked.integer("limit", 1, 0, 4); }) == "limit");
  BOOST_TEST(complaint([&] { asked.integer("share", 1, 0, 4); }) == "share");
  BOOST_TEST(complaint([&] { asked.number("key", 1, 0, 4); }) == "key");
  asked.done();
  query other{given};
  BOOST_TEST(complaint([&] { other.done(); }) == "key");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
