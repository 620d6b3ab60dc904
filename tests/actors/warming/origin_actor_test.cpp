#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/actors/warming/origin_world.hpp"

namespace origin_actor_suite {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

}  // namespace origin_actor_suite

BOOST_FIXTURE_TEST_SUITE(origin_actor_suite, origin_world)

BOOST_AUTO_TEST_CASE(answers_with_one_receipt_an_item_in_their_order) {
  scripts[0]->decide = scripts[1]->decide = [](const load_item& item) {
    return item.key == "k1" ? deed::absent : deed::store;
  };
  const auto pending = send(start(), 4);
  BOOST_REQUIRE(pending->answer);
  BOOST_REQUIRE_EQUAL(pending->answer->receipts.size(), 4u);
  for (int i = 0; i < 4; ++i) BOOST_CHECK_EQUAL(pending->answer->receipts[i].key, "k" + std::to_string(i));
  BOOST_CHECK(pending->answer->receipts[1].status == load_status::absent);
  BOOST_CHECK_EQUAL(count(*pending, load_status::stored), 3u);
}

BOOST_AUTO_TEST_CASE(a_request_without_items_is_answered_at_once) {
  BOOST_CHECK(send(start(), 0)->answer.has_value());
}

BOOST_AUTO_TEST_CASE(counts_what_it_did) {
  const auto origin = start();
  send(origin, 3);
  const auto now = status(origin);
  BOOST_CHECK_EQUAL(now.origin, "db");
  BOOST_CHECK_EQUAL(now.warming_loads, 3u);
  BOOST_CHECK_EQUAL(now.in_flight, 0u);
  BOOST_CHECK(now.mean_load == duration{3ms});
  BOOST_CHECK_EQUAL(now.tokens, -1);
}

BOOST_AUTO_TEST_CASE(spreads_loads_over_the_pool_and_gives_each_loader_one_at_a_time) {
  all_do(deed::hang);
  const auto origin = start();
  const auto pending = send(origin, 5);
  BOOST_CHECK_EQUAL(scripts[0]->asked.size(), 1u);
  BOOST_CHECK_EQUAL(scripts[1]->asked.size(), 1u);
  BOOST_CHECK_EQUAL(status(origin).queued, 3u);
  advance(20s);
  BOOST_CHECK(pending->settled());
}

BOOST_AUTO_TEST_CASE(keeps_to_the_number_of_loads_in_flight) {
  all_do(deed::hang);
  auto settings = config();
  settings.limits.in_flight = 1;
  const auto origin = start(settings);
  const auto pending = send(origin, 3);
  BOOST_CHECK_EQUAL(loads(), 1u);
  advance(30s);
  BOOST_CHECK(pending->settled());
}

BOOST_AUTO_TEST_CASE(keeps_to_its_rate) {
  auto settings = config();
  settings.limits.calls = {2, 1s, 2};
  const auto origin = start(settings);
  const auto pending = send(origin, 5);
  BOOST_CHECK_EQUAL(loads(), 2u);
  advance(501ms);
  BOOST_CHECK_EQUAL(loads(), 3u);
  advance(501ms);
  advance(501ms);
  BOOST_CHECK_EQUAL(loads(), 5u);
  BOOST_CHECK(pending->answer.has_value());
}

BOOST_AUTO_TEST_CASE(sheds_what_the_rate_leaves_no_time_for) {
  auto settings = config();
  settings.limits.calls = {1, 1min, 1};
  const auto pending = send(start(settings), 3, 5s);
  advance(6s);
  BOOST_REQUIRE(pending->answer);
  BOOST_CHECK_EQUAL(count(*pending, load_status::stored), 1u);
  BOOST_CHECK_EQUAL(count(*pending, load_status::shed), 2u);
  BOOST_CHECK_EQUAL(pending->answer->receipts[2].error, "origin db: the rate limit is reached");
  BOOST_CHECK(pending->answer->receipts[2].retry_after > 50s);
}

BOOST_AUTO_TEST_CASE(users_loads_take_tokens_and_never_wait) {
  auto settings = config();
  settings.limits.calls = {10, 1s, 10};
  const auto origin = start(settings);
  self->send(origin, origin_demand{15, 1});
  run();
  const auto pending = send(origin, 1);
  BOOST_CHECK_EQUAL(loads(), 0u);
  BOOST_CHECK_EQUAL(status(origin).demand_loads, 15u);
  BOOST_CHECK_EQUAL(status(origin).failures, 1u);
  advance(601ms);
  BOOST_CHECK(pending->answer.has_value());
}

BOOST_AUTO_TEST_CASE(sheds_at_once_what_finds_no_room_in_the_queue) {
  all_do(deed::hang);
  auto settings = config();
  settings.queue_capacity = 3;
  const auto origin = start(settings);
  const auto first = send(origin, 5);
  BOOST_CHECK_EQUAL(status(origin).shed, 2u);
  const auto second = send(origin, 2);
  BOOST_REQUIRE_EQUAL(status(origin).queued, 3u);
  advance(60s);
  BOOST_CHECK(first->settled() && second->settled());
}

BOOST_AUTO_TEST_CASE(the_breaker_opens_sheds_at_once_and_recovers_by_itself) {
  all_do(deed::fail);
  auto settings = config();
  settings.breaker = {10, 4, 0.5, 1, 2s, 60s};
  const auto origin = start(settings);
  const auto failing = send(origin, 10, 1s);
  BOOST_REQUIRE(failing->answer);
  BOOST_CHECK(status(origin).breaker == breaker_state::open);
  BOOST_CHECK_EQUAL(count(*failing, load_status::failed) + count(*failing, load_status::shed), 10u);
  const auto before = loads();
  const auto shed = send(origin, 1, 1s);
  BOOST_REQUIRE(shed->answer);
  BOOST_CHECK_EQUAL(count(*shed, load_status::shed), 1u);
  BOOST_CHECK(shed->answer->receipts[0].error.find("breaker is open") != std::string::npos);
  BOOST_CHECK_EQUAL(loads(), before);
  all_do(deed::store);
  const auto waiting = send(origin, 3, 10s);
  BOOST_CHECK(!waiting->settled());
  advance(2001ms);
  BOOST_REQUIRE(waiting->answer);
  BOOST_CHECK_EQUAL(count(*waiting, load_status::stored), 3u);
  BOOST_CHECK(status(origin).breaker == breaker_state::closed);
}

BOOST_AUTO_TEST_CASE(pauses_for_as_long_as_the_origin_asks) {
  scripts[0]->retry_after = scripts[1]->retry_after = 7s;
  all_do(deed::throttle);
  const auto origin = start();
  send(origin, 1);
  all_do(deed::store);
  const auto pending = send(origin, 1, 30s);
  advance(6s);
  BOOST_CHECK(!pending->settled());
  advance(1001ms);
  BOOST_CHECK(pending->answer.has_value());
  BOOST_CHECK(status(origin).breaker == breaker_state::closed);
}

BOOST_AUTO_TEST_CASE(a_loader_that_hangs_costs_its_load_and_gets_no_more_until_it_answers) {
  scripts[0]->decide = [](const load_item&) { return deed::hang; };
  scripts[0]->answers_probes = false;
  const auto origin = start();
  const auto pending = send(origin, 4, 2s);
  BOOST_CHECK(!pending->settled());
  advance(2501ms);
  BOOST_REQUIRE(pending->answer);
  BOOST_CHECK_EQUAL(count(*pending, load_status::timed_out), 1u);
  BOOST_CHECK_EQUAL(count(*pending, load_status::stored), 3u);
  const auto before = scripts[0]->asked.size();
  send(origin, 5);
  BOOST_CHECK_EQUAL(scripts[0]->asked.size(), before);
  scripts[0]->answers_probes = true;
  scripts[0]->decide = [](const load_item&) { return deed::store; };
  advance(10min);
  send(origin, 5);
  BOOST_CHECK_GT(scripts[0]->asked.size(), before);
}

BOOST_AUTO_TEST_CASE(a_loader_that_dies_costs_its_load_and_its_successor_is_used) {
  all_do(deed::die);
  const auto origin = start();
  const auto pending = send(origin, 2);
  advance(11s);  // who dies at work leaves its request unanswered
  BOOST_REQUIRE(pending->answer);
  BOOST_CHECK_EQUAL(count(*pending, load_status::timed_out), 2u);
  all_do(deed::store);
  pool->set(0, loader_actor{});
  pool->set(1, loader_actor{});
  const auto waiting = send(origin, 2);
  BOOST_CHECK(!waiting->settled());
  start_loader(0);
  advance(200ms);
  BOOST_REQUIRE(waiting->answer);
  BOOST_CHECK_EQUAL(count(*waiting, load_status::stored), 2u);
}

BOOST_AUTO_TEST_CASE(without_any_loader_items_are_shed_when_their_time_is_up) {
  pool->set(0, loader_actor{});
  pool->set(1, loader_actor{});
  const auto pending = send(start(), 2, 3s);
  for (int i = 0; i < 40 && !pending->settled(); ++i) advance(100ms);
  BOOST_REQUIRE(pending->answer);
  BOOST_CHECK_EQUAL(count(*pending, load_status::shed), 2u);
}

BOOST_AUTO_TEST_CASE(rejects_a_config_that_could_not_work) {
  auto settings = config();
  settings.loaders = nullptr;
  BOOST_CHECK_THROW(validate(settings), error);
  settings = config();
  settings.queue_capacity = 0;
  BOOST_CHECK_THROW(validate(settings), error);
  settings = config();
  settings.limits.calls.tokens = -1;
  BOOST_CHECK_THROW(validate(settings), error);
  settings = config();
  settings.default_timeout = 0s;
  BOOST_CHECK_THROW(validate(settings), error);
}

BOOST_AUTO_TEST_CASE(every_item_gets_its_receipt_in_time_whatever_loaders_do) {
  std::mt19937 random{7};
  const auto up_to = [&](int most) { return std::uniform_int_distribution<int>{0, most}(random); };
  for (auto& script : scripts) {
    script->decide = [&](const load_item&) { return static_cast<deed>(up_to(8)); };
    script->retry_after = 100ms;
  }
  auto settings = config();
  settings.limits.calls = {50, 1s, 5};
  settings.queue_capacity = 30;
  const auto origin = start(settings);
  for (int round = 0; round < 60; ++round) {
    const auto items = up_to(12);
    const auto pending = send(origin, items, 1s);
    if (up_to(3) == 0) self->send(origin, origin_demand{static_cast<std::uint64_t>(up_to(20)), 1});
    for (duration waited{}; waited <= origin_answer_bound(1s) && !pending->settled(); waited += 50ms) {
      for (std::size_t i = 0; i < scripts.size(); ++i)
        if (up_to(9) == 0) start_loader(i);
      advance(50ms);
    }
    BOOST_REQUIRE(pending->answer);
    BOOST_REQUIRE_EQUAL(pending->answer->receipts.size(), static_cast<std::size_t>(items));
    for (int i = 0; i < items; ++i)
      BOOST_REQUIRE_EQUAL(pending->answer->receipts[i].key, "k" + std::to_string(i));
  }
}

BOOST_AUTO_TEST_SUITE_END()
