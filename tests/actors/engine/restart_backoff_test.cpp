#include "actors/engine/restart_backoff.hpp"

#include <boost/test/unit_test.hpp>

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(restart_backoffs)

BOOST_AUTO_TEST_CASE(waits_twice_as_long_each_time_up_to_the_longest) {
  restart_backoff backoff;
  const time_point now{};
  BOOST_CHECK(backoff.died(now) == 100ms);
  backoff.started(now);
  BOOST_CHECK(backoff.died(now) == 200ms);
  for (int i = 0; i < 20; ++i) backoff.died(now);
  BOOST_CHECK(backoff.died(now) == 30s);
  BOOST_TEST(backoff.restarts() == 23u);
}

BOOST_AUTO_TEST_CASE(an_actor_that_lived_long_starts_from_the_first_delay) {
  restart_backoff backoff;
  time_point now{1h};
  backoff.started(now);
  for (int i = 0; i < 5; ++i) backoff.died(now);
  backoff.started(now);
  BOOST_CHECK(backoff.died(now + 59s) > 100ms);
  backoff.started(now);
  BOOST_CHECK(backoff.died(now + 60s) == 100ms);
}

BOOST_AUTO_TEST_SUITE_END()
