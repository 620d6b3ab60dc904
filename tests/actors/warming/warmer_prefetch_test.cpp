#include "tests/actors/warming/warmer_world.hpp"

namespace warmer_prefetching {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

}  // namespace warmer_prefetching

BOOST_FIXTURE_TEST_SUITE(warmer_prefetching, warmer_world)

BOOST_AUTO_TEST_CASE(a_prefetch_is_loaded_and_its_outcome_told) {
  origin->decide = [](const load_item& item) { return item.key == "bad" ? deed::fail : deed::store; };
  entries->put("there", value{"x"}, {}, now());
  const auto tested = start();
  self->send(tested, prefetch_request{"pages", {{"good", 0.9}, {"bad", 0.8}, {"there", 0.7}}});
  run();
  BOOST_REQUIRE_EQUAL(told->size(), 3u);
  for (const auto& outcome : *told)
    BOOST_CHECK(outcome.fate == (outcome.key == "good" ? prefetch_fate::arrived : prefetch_fate::rejected));
  const auto counts = status(tested);
  BOOST_CHECK_EQUAL(counts.prefetches_requested, 3u);
  BOOST_CHECK_EQUAL(counts.prefetches_stored, 1u);
  BOOST_CHECK_EQUAL(counts.prefetches_failed, 1u);
  BOOST_CHECK_EQUAL(counts.prefetches_dropped, 1u);
  BOOST_CHECK_EQUAL(counts.prefetches_in_flight, 0u);
}

BOOST_AUTO_TEST_CASE(prefetches_keep_to_their_budget_and_the_rest_is_dropped_when_stale) {
  origin->decide = [](const load_item&) { return deed::hang; };
  const auto tested = start();
  prefetch_request request{"pages", {}};
  for (int i = 0; i < 20; ++i) request.items.push_back({"p" + std::to_string(i), 0.5});
  self->send(tested, request);
  run();
  BOOST_CHECK_EQUAL(origin->asked.size(), 8u);
  BOOST_CHECK_EQUAL(status(tested).prefetches_in_flight, 8u);
  for (int i = 0; i < 10; ++i) advance(1s);
  BOOST_CHECK_EQUAL(origin->asked.size(), 8u);
  BOOST_CHECK_EQUAL(told->size(), 20u);
  BOOST_CHECK_EQUAL(status(tested).prefetches_failed, 8u);
  BOOST_CHECK_EQUAL(status(tested).prefetches_dropped, 12u);
}

BOOST_AUTO_TEST_CASE(outcomes_are_told_even_while_another_prefetch_hangs) {
  origin->decide = [](const load_item& item) { return item.key == "hangs" ? deed::hang : deed::store; };
  const auto tested = start();
  self->send(tested, prefetch_request{"pages", {{"hangs", 0.9}, {"good", 0.8}}});
  run();
  advance(300ms);
  BOOST_REQUIRE_EQUAL(told->size(), 1u);
  BOOST_CHECK_EQUAL(told->at(0).key, "good");
  advance(10s);
}

BOOST_AUTO_TEST_CASE(under_critical_pressure_nothing_is_prefetched) {
  const auto tested = start();
  press(tested, 0.99, pressure_level::critical);
  self->send(tested, prefetch_request{"pages", {{"x", 0.9}}});
  run();
  BOOST_CHECK(origin->asked.empty());
  BOOST_REQUIRE_EQUAL(told->size(), 1u);
  BOOST_CHECK(told->at(0).fate == prefetch_fate::rejected);
  press(tested, 0.1, pressure_level::low);
  self->send(tested, prefetch_request{"pages", {{"x", 0.9}}});
  run();
  BOOST_CHECK_EQUAL(origin->asked.size(), 1u);
}

BOOST_AUTO_TEST_CASE(prefetched_entries_that_left_unused_are_told_as_wasted) {
  std::vector<std::string> departed;
  auto settings = config();
  settings.drain_wasted = [&](std::vector<std::string>& out) { out = std::exchange(departed, {}); };
  const auto tested = start(settings);
  self->send(tested, prefetch_request{"pages", {{"x", 0.9}}});
  run();
  departed = {"x"};
  advance(1s);
  BOOST_REQUIRE_EQUAL(told->size(), 2u);
  BOOST_CHECK(told->at(1).fate == prefetch_fate::wasted);
  departed = {"y"};
  advance(1s);
  BOOST_CHECK_EQUAL(told->size(), 3u);
}

BOOST_AUTO_TEST_CASE(prefetches_while_the_origin_is_down_are_dropped) {
  peers->origin("db", origin_actor{});
  const auto tested = start();
  self->send(tested, prefetch_request{"pages", {{"x", 0.9}, {"y", 0.8}}});
  run();
  BOOST_CHECK_EQUAL(status(tested).prefetches_dropped, 2u);
  BOOST_CHECK_EQUAL(told->size(), 2u);
}

BOOST_AUTO_TEST_SUITE_END()
