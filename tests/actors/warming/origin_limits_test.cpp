// The guard of an origin with limits in each unit: what it lets through, and how it tells.
#include <boost/test/unit_test.hpp>

#include "tests/actors/warming/origin_world.hpp"

namespace origin_limits_suite {

using namespace stoker;
using namespace stoker::test;

}  // namespace origin_limits_suite

BOOST_FIXTURE_TEST_SUITE(origin_limits_suite, origin_world)

BOOST_AUTO_TEST_CASE(keeps_to_its_bytes_a_second) {
  for (auto& script : scripts) script->bytes = 1000;
  auto settings = config();
  settings.limits.bytes = per_second(2000);
  const auto origin = start(settings);
  const auto pending = send(origin, 40, 1min);
  const auto at_once = loads();
  BOOST_TEST(at_once <= 4u);  // of unknown size: the burst, and those in flight
  for (int i = 0; i < 100; ++i) advance(100ms);
  BOOST_TEST(loads() >= at_once + 18);
  BOOST_TEST(loads() <= at_once + 20);
  const auto now = status(origin);
  BOOST_TEST(now.limits.bytes.tokens == 2000);
  BOOST_TEST(now.warming_bytes == 1000 * loads());
  BOOST_TEST(now.byte_tokens <= 1000);
  for (int i = 0; i < 150; ++i) advance(100ms);
  BOOST_CHECK(pending->answer.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_known_of_a_value_is_reckoned_with_before_it_comes) {
  auto settings = config();
  settings.limits.bytes = per_second(100, 100);
  load_request request{"pages", {{"a"}, {"b"}}, 10s};
  request.items[0].bytes = request.items[1].bytes = 100;
  const auto pending = ask_later<load_receipts>(sys, start(settings), request);
  run();
  BOOST_TEST(loads() == 1u);
  advance(1001ms);
  BOOST_TEST(loads() == 2u);
  BOOST_CHECK(pending->answer.has_value());
}

BOOST_AUTO_TEST_CASE(users_bytes_come_first) {
  auto settings = config();
  settings.limits.bytes = per_second(1000);
  const auto origin = start(settings);
  self->send(origin, origin_demand{5, 0, 6000, 0, {}});
  run();
  const auto pending = send(origin, 1);
  BOOST_TEST(loads() == 0u);
  BOOST_TEST(status(origin).demand_bytes == 6000u);
  BOOST_TEST(status(origin).byte_tokens == -5000);
  advance(4900ms);
  BOOST_TEST(loads() == 0u);
  advance(200ms);
  BOOST_CHECK(pending->answer.has_value());
}

BOOST_AUTO_TEST_CASE(users_loads_under_way_leave_warming_what_is_over) {
  auto settings = config();
  std::uint64_t users = 2;
  settings.limits.in_flight = 2;
  settings.demand_in_flight = [&] { return users; };
  const auto origin = start(settings);
  const auto pending = send(origin, 1);
  BOOST_TEST(loads() == 0u);
  BOOST_TEST(status(origin).demand_in_flight == 2u);
  users = 1;  // nobody tells
  advance(101ms);
  BOOST_CHECK(pending->answer.has_value());
}

BOOST_AUTO_TEST_CASE(users_loads_count_before_anybody_told_of_them) {
  auto settings = config();
  std::uint64_t begun = 100;  // those before are no debt
  settings.limits.calls = per_second(10, 4);
  settings.demand_begun = [&] { return begun; };
  const auto origin = start(settings);
  run();
  begun += 3;
  const auto pending = send(origin, 2);
  BOOST_TEST(loads() == 1u);
  begun += 5;
  advance(110ms);
  BOOST_TEST(loads() == 1u);
  self->send(origin, origin_demand{8});  // told, and not counted once more
  run();
  BOOST_TEST(status(origin).demand_loads == 8u);
  begun = 0;  // the cache is gone, and nothing is given back
  advance(390ms);
  BOOST_TEST(loads() == 1u);
  advance(200ms);
  BOOST_TEST(loads() == 2u);
  BOOST_CHECK(pending->answer.has_value());
}

BOOST_AUTO_TEST_CASE(without_a_limit_users_loads_under_way_stop_nothing) {
  auto settings = config();
  settings.demand_in_flight = [] { return 1'000'000; };
  BOOST_CHECK(send(start(settings), 4)->answer.has_value());
}

BOOST_AUTO_TEST_CASE(pauses_when_users_are_asked_to_slow_down) {
  const auto origin = start();
  self->send(origin, origin_demand{1, 1, 0, 1, 20s});
  run();
  const auto pending = send(origin, 1, 60s);
  BOOST_TEST(status(origin).throttled == 1u);
  BOOST_CHECK(status(origin).paused_until == now() + 20s);
  advance(19s);
  BOOST_TEST(loads() == 0u);
  advance(1001ms);
  BOOST_CHECK(pending->answer.has_value());
}

BOOST_AUTO_TEST_CASE(a_throttling_origin_that_names_no_time_is_left_alone_for_a_second) {
  const auto origin = start();
  self->send(origin, origin_demand{200, 200, 0, 200, {}});
  run();
  BOOST_CHECK(status(origin).breaker == breaker_state::closed);  // who asks to slow down works
  const auto pending = send(origin, 1, 60s);
  advance(999ms);
  BOOST_TEST(loads() == 0u);
  advance(2ms);
  BOOST_CHECK(pending->answer.has_value());
}

BOOST_AUTO_TEST_CASE(other_limits_hold_at_once_also_for_what_waits) {
  auto settings = config();
  settings.limits.calls = per_minute(1);
  const auto origin = start(settings);
  const auto pending = send(origin, 6, 30s);
  BOOST_TEST(loads() == 1u);
  self->send(origin, origin_limits{per_second(2), {}, 1});
  run();
  advance(501ms);
  BOOST_TEST(loads() == 2u);
  BOOST_TEST(status(origin).limits.calls.tokens == 2);
  BOOST_TEST(status(origin).limits.in_flight == 1u);
  self->send(origin, origin_limits{});
  run();
  BOOST_TEST(loads() == 6u);
  BOOST_CHECK(pending->answer.has_value());
  BOOST_TEST(status(origin).tokens == -1);
}

BOOST_AUTO_TEST_SUITE_END()
