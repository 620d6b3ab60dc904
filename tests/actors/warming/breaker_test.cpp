#include "actors/warming/breaker.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

BOOST_AUTO_TEST_SUITE(breaker_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const time_point start{1000h};
const breaker_settings settings{10, 4, 0.5, 2, 1s, 3s};

void fail(breaker& tested, int times, time_point now) {
  for (int i = 0; i < times; ++i) {
    BOOST_REQUIRE(tested.admit(now));
    tested.failed(now);
  }
}

void trial(breaker& tested, bool succeeds, time_point now) {
  BOOST_REQUIRE(tested.admit(now));
  if (succeeds)
    tested.succeeded();
  else
    tested.failed(now);
}

BOOST_AUTO_TEST_CASE(stays_closed_while_few_fail) {
  breaker tested{settings};
  for (int i = 0; i < 100; ++i) {
    tested.succeeded();
    tested.succeeded();
    tested.failed(start);
  }
  BOOST_CHECK(tested.state(start) == breaker_state::closed);
}

BOOST_AUTO_TEST_CASE(concludes_nothing_from_too_few_outcomes) {
  breaker tested{settings};
  fail(tested, 3, start);
  BOOST_CHECK(tested.state(start) == breaker_state::closed);
  fail(tested, 1, start);
  BOOST_CHECK(tested.state(start) == breaker_state::open);
  BOOST_CHECK(!tested.admit(start));
  BOOST_CHECK(tested.next(start) == start + 1s);
}

BOOST_AUTO_TEST_CASE(half_opens_by_itself_for_one_trial_at_a_time) {
  breaker tested{settings};
  fail(tested, 4, start);
  BOOST_CHECK(!tested.admit(start + 999ms));
  BOOST_CHECK(tested.state(start + 1s) == breaker_state::half_open);
  BOOST_CHECK(tested.admit(start + 1s));
  BOOST_CHECK(!tested.admit(start + 1s));
}

BOOST_AUTO_TEST_CASE(closes_after_enough_trials_and_forgets_the_past) {
  breaker tested{settings};
  fail(tested, 4, start);
  trial(tested, true, start + 1s);
  BOOST_CHECK(tested.state(start + 1s) == breaker_state::half_open);
  trial(tested, true, start + 1s);
  BOOST_CHECK(tested.state(start + 1s) == breaker_state::closed);
  fail(tested, 3, start + 1s);
  BOOST_CHECK(tested.state(start + 1s) == breaker_state::closed);
}

BOOST_AUTO_TEST_CASE(opens_for_longer_each_time_a_trial_fails_up_to_a_bound) {
  breaker tested{settings};
  fail(tested, 4, start);
  auto now = start;
  for (const auto pause : {1s, 2s, 3s, 3s}) {
    BOOST_CHECK(tested.next(now) == now + pause);
    now += pause;
    trial(tested, false, now);
  }
}

BOOST_AUTO_TEST_CASE(a_trial_that_decides_nothing_lets_the_next_one_pass) {
  breaker tested{settings};
  fail(tested, 4, start);
  BOOST_REQUIRE(tested.admit(start + 1s));
  tested.undecided();
  BOOST_CHECK(tested.admit(start + 1s));
}

BOOST_AUTO_TEST_CASE(opens_when_the_users_loads_fail) {
  breaker tested{settings};
  tested.observe(1000, 4, start);
  BOOST_CHECK(tested.state(start) == breaker_state::closed);
  tested.observe(0, 1, start);
  BOOST_CHECK(tested.state(start) == breaker_state::open);
  tested.observe(1000000, 0, start);
  BOOST_CHECK(tested.state(start) == breaker_state::open);
}

BOOST_AUTO_TEST_CASE(failures_that_come_in_after_it_opened_change_nothing) {
  breaker tested{settings};
  fail(tested, 4, start);
  tested.failed(start + 500ms);
  BOOST_CHECK(tested.next(start) == start + 1s);
}

BOOST_AUTO_TEST_CASE(rejects_settings_that_could_never_work) {
  BOOST_CHECK_THROW(validate(breaker_settings{4, 5, 0.5, 1, 1s, 1s}), error);
  BOOST_CHECK_THROW(validate(breaker_settings{5, 5, 0, 1, 1s, 1s}), error);
  BOOST_CHECK_THROW(validate(breaker_settings{5, 5, 1.5, 1, 1s, 1s}), error);
  BOOST_CHECK_THROW(validate(breaker_settings{5, 5, 0.5, 0, 1s, 1s}), error);
  BOOST_CHECK_THROW(validate(breaker_settings{5, 5, 0.5, 1, 2s, 1s}), error);
  BOOST_CHECK_NO_THROW(validate(breaker_settings{}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
