#include "tests/actors/warming/strategies/interview.hpp"

namespace stoker::test {

BOOST_FIXTURE_TEST_SUITE(strategies_by_usage_suite, interviewer)

BOOST_AUTO_TEST_CASE(popular_goes_by_rate_and_counts_no_use_past_the_ttl) {
  top = [](const top_request&) { return ranked_keys{{used("often", 9), used("seldom", 0.1)}}; };
  limit = 20'000;
  auto proposed = ask("popular");
  BOOST_TEST((asked_top.at(0).by == ranking::popular));
  BOOST_TEST(asked_top[0].limit == 20'000u);
  BOOST_TEST(probability_of(proposed, "often") > 0.99);
  BOOST_TEST(probability_of(proposed, "seldom") < 0.1);
  BOOST_TEST(proposed.candidates[0].cost_us == 2000u);
  BOOST_TEST(proposed.candidates[0].bytes == 100u);
  ttl = 1min;
  BOOST_TEST(probability_of(ask("popular"), "often") < 0.2);
}

BOOST_AUTO_TEST_CASE(recent_goes_by_idle_time) {
  top = [](const top_request&) { return ranked_keys{{used("a", 0, 3h)}}; };
  BOOST_TEST(probability_of(ask("recent", {{"horizon", "1h"}}), "a") == 0.25,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(trending_asks_for_its_window_and_takes_the_rate_of_the_window) {
  auto rising = used("rising", 0.1);
  rising.window_accesses = 24;
  auto rising_less = used("rising less", 0.1);
  rising_less.window_accesses = 6;
  top = [&](const top_request&) { return ranked_keys{{rising, rising_less}}; };
  const auto proposed = ask("trending", {{"window", "6h"}});
  BOOST_TEST((asked_top.at(0).by == ranking::trending));
  BOOST_TEST((asked_top[0].window == 6h));
  BOOST_TEST(probability_of(proposed, "rising") == 1 - std::exp(-4.0), boost::test_tools::tolerance(1e-9));
  BOOST_TEST(probability_of(proposed, "rising less") == 1 - std::exp(-1.0),
             boost::test_tools::tolerance(1e-9));
  ask("trending");
  BOOST_TEST((asked_top.at(1).window == 24h));
}

BOOST_AUTO_TEST_CASE(time_of_day_looks_at_the_coming_hour_of_twenty_keys) {
  auto usual = used("usual", 0.01);
  usual.score = 10;
  usual.window_accesses = 4;
  top = [&](const top_request&) { return ranked_keys{{usual}}; };
  const auto proposed = ask("time_of_day");
  BOOST_TEST((asked_top.at(0).by == ranking::hour_of_day));
  BOOST_TEST(asked_top[0].hour == 13u);
  BOOST_TEST(asked_top[0].limit == 20u);
  BOOST_TEST(probability_of(proposed, "usual") == 1 - std::exp(-2.0), boost::test_tools::tolerance(1e-9));
  now = noon + 11h;
  ask("time_of_day", {{"ahead", "3"}});
  BOOST_TEST(asked_top.at(1).hour == 2u);
  ask("time_of_day", {{"ahead", "0"}});
  BOOST_TEST(asked_top.at(2).hour == 23u);
}

BOOST_AUTO_TEST_CASE(time_of_day_knows_that_an_entry_may_expire_before_its_hour) {
  auto usual = used("usual", 0.01);
  usual.window_accesses = 4;
  top = [&](const top_request&) { return ranked_keys{{usual}}; };
  ttl = 30min;
  BOOST_TEST(probability_of(ask("time_of_day"), "usual") == 0);  // 13:00 is an hour ahead
  now = noon + 45min;
  const auto quarter = probability_of(ask("time_of_day"), "usual");
  BOOST_TEST(quarter == 1 - std::exp(-2.0 / 4), boost::test_tools::tolerance(1e-9));
  ttl = 0s;
  BOOST_TEST(probability_of(ask("time_of_day", {{"ahead", "0"}}), "usual") == quarter,
             boost::test_tools::tolerance(1e-9));  // a quarter of this hour is left
}

BOOST_AUTO_TEST_CASE(time_of_day_believes_in_a_habit_that_paused_for_two_days) {
  auto paused = used("paused", 0.5);
  paused.score = 9;
  paused.count = 10;
  top = [&](const top_request&) { return ranked_keys{{paused}}; };
  BOOST_TEST(probability_of(ask("time_of_day"), "paused") > 0.99);
}

BOOST_AUTO_TEST_CASE(due_looks_as_far_as_an_entry_lives) {
  auto soon = used("soon", 1, 55min);
  soon.next_access = noon + 5min;
  auto later = used("later", 1, 10min);
  later.next_access = noon + 50min;
  top = [&](const top_request&) { return ranked_keys{{soon, later}}; };
  ttl = 20min;
  const auto proposed = ask("due");
  BOOST_TEST((asked_top.at(0).by == ranking::due));
  BOOST_TEST((asked_top[0].window == 20min));
  BOOST_TEST(probability_of(proposed, "soon") > probability_of(proposed, "later"));
  BOOST_TEST(probability_of(proposed, "later") > 0);
}

BOOST_AUTO_TEST_CASE(a_snapshot_forgets_nothing_while_the_service_is_down) {
  // Two days are eight half-lives: the rates of both fell to a 256th.
  top = [](const top_request&) {
    return ranked_keys{{used("hot", 8.0 / 256, 48h), used("cold", 0.1 / 256, 49h)}};
  };
  const auto restored = ask("snapshot");
  BOOST_TEST(probability_of(restored, "hot") == 1 - std::exp(-8.0), boost::test_tools::tolerance(1e-6));
  BOOST_TEST(probability_of(restored, "cold") == 1 - std::exp(-0.1), boost::test_tools::tolerance(1e-6));
  BOOST_TEST(probability_of(ask("popular"), "hot") < 0.05);
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_was_loaded_goes_before_what_the_history_knows) {
  top = [](const top_request&) { return ranked_keys{{used("known here", 100, 1h)}}; };
  hot_set hot;
  hot.taken_at = noon - 24h;
  hot.keys.push_back({.key = "hot", .rate_per_hour = 2, .ttl = 20min, .cost_us = 700, .bytes = 50});
  hot.keys.back().tags = {"red"};
  hot.keys.push_back({.key = "cold", .rate_per_hour = 0.1});
  loaded_hot_set = std::make_shared<const hot_set>(hot);
  const auto restored = ask("snapshot");
  BOOST_TEST(asked_top.empty());
  BOOST_TEST_REQUIRE(restored.candidates.size() == 2u);
  const auto& first = restored.candidates.front();
  BOOST_TEST(first.key == "hot");
  BOOST_TEST(first.probability == 1 - std::exp(-2.0), boost::test_tools::tolerance(1e-6));
  BOOST_TEST((first.ttl == 20min));
  BOOST_TEST(first.cost_us == 700u);
  BOOST_TEST(first.bytes == 50u);
  BOOST_TEST((first.tags == std::vector<std::string>{"red"}));
  BOOST_TEST(ask("snapshot", {{"limit", "1"}}).candidates.size() == 1u);
}

BOOST_AUTO_TEST_CASE(nothing_known_is_nothing_proposed) {
  for (const auto* name : {"popular", "recent", "trending", "time_of_day", "due", "snapshot"})
    BOOST_TEST(ask(name).candidates.empty());
}

BOOST_AUTO_TEST_CASE(parameters_out_of_bounds_are_refused) {
  BOOST_CHECK_THROW(ask("trending", {{"window", "3m"}}), error);
  BOOST_CHECK_THROW(ask("trending", {{"window", "3d"}}), error);
  BOOST_CHECK_THROW(ask("time_of_day", {{"ahead", "24"}}), error);
  BOOST_CHECK_THROW(ask("popular", {{"limit", "0"}}), error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
