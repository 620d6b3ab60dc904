#include "actors/warming/token_bucket.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

BOOST_AUTO_TEST_SUITE(token_bucket_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const time_point start{1000h};

int take_all(token_bucket& bucket, time_point now) {
  int taken = 0;
  while (taken < 10000 && bucket.take(now)) ++taken;
  return taken;
}

BOOST_AUTO_TEST_CASE(gives_a_burst_and_then_the_rate) {
  token_bucket bucket{{100, 1min, 10}, start};
  BOOST_CHECK_EQUAL(take_all(bucket, start), 10);
  BOOST_CHECK_EQUAL(take_all(bucket, start + 6s), 10);
  BOOST_CHECK_EQUAL(take_all(bucket, start + 9s), 5);
}

BOOST_AUTO_TEST_CASE(never_gives_more_than_rate_and_burst_over_any_time) {
  token_bucket bucket{{100, 1min, 0}, start};
  int taken = 0;
  for (int ms = 0; ms < 600'000; ms += 7) taken += take_all(bucket, start + ms * 1ms);
  BOOST_CHECK_LE(taken, 100 + 1000);
  BOOST_CHECK_GE(taken, 100 + 990);
}

BOOST_AUTO_TEST_CASE(says_when_the_next_token_comes) {
  token_bucket bucket{{10, 1s, 1}, start};
  BOOST_CHECK(bucket.next(start) == start);
  BOOST_REQUIRE(bucket.take(start));
  const auto next = bucket.next(start);
  BOOST_CHECK(next > start + 99ms && next <= start + 101ms);
  BOOST_CHECK(!bucket.take(next - 1ms));
  BOOST_CHECK(bucket.take(next));
}

BOOST_AUTO_TEST_CASE(lets_demand_run_into_debt_that_warming_waits_for) {
  token_bucket bucket{{10, 1s, 10}, start};
  bucket.spend(30, start);
  BOOST_CHECK_EQUAL(bucket.level(start), -20);
  BOOST_CHECK(!bucket.take(start + 2s));
  BOOST_CHECK(bucket.take(start + 2200ms));
}

BOOST_AUTO_TEST_CASE(forgives_debt_of_more_than_a_minute) {
  token_bucket bucket{{10, 1s, 10}, start};
  bucket.spend(1e9, start);
  BOOST_CHECK(bucket.take(start + 61s));
}

BOOST_AUTO_TEST_CASE(adds_nothing_when_time_goes_backwards) {
  token_bucket bucket{{10, 1s, 1}, start};
  BOOST_REQUIRE(bucket.take(start));
  BOOST_CHECK(!bucket.take(start - 1h));
  BOOST_CHECK(bucket.take(start + 101ms));
}

BOOST_AUTO_TEST_CASE(takes_many_at_once_and_more_than_the_burst_when_it_is_full) {
  token_bucket bucket{{100, 1s, 100}, start};
  BOOST_CHECK(bucket.take(start, 60));
  BOOST_CHECK(!bucket.take(start, 60));
  BOOST_CHECK(bucket.next(start, 60) > start + 199ms && bucket.next(start, 60) <= start + 201ms);
  BOOST_CHECK(!bucket.take(start + 500ms, 300));
  BOOST_CHECK(bucket.take(start + 1s, 300));
  BOOST_CHECK_EQUAL(bucket.level(start + 1s), -200);
}

BOOST_AUTO_TEST_CASE(what_a_load_took_more_is_paid_in_full_and_what_it_left_comes_back) {
  token_bucket bucket{{10, 1s, 10}, start};
  BOOST_CHECK(bucket.take(start, 5));
  bucket.settle(-3, start);
  BOOST_CHECK_EQUAL(bucket.level(start), 8);
  bucket.settle(-30, start);
  BOOST_CHECK_EQUAL(bucket.level(start), 10);
  bucket.settle(2010, start);    // far more than a minute's
  bucket.spend(5, start + 99s);  // users' loads make such a debt no smaller, and no larger
  BOOST_CHECK_EQUAL(bucket.level(start + 99s), -1010);
  BOOST_CHECK(!bucket.take(start + 200s));
  BOOST_CHECK(bucket.take(start + 201s));
}

BOOST_AUTO_TEST_CASE(a_changed_limit_keeps_what_is_saved_and_owed) {
  token_bucket bucket{{10, 1s, 10}, start};
  bucket.spend(25, start);
  bucket.change({100, 1s, 100}, start);
  BOOST_CHECK_EQUAL(bucket.level(start), -15);
  BOOST_CHECK(bucket.take(start + 160ms));
  bucket.change({}, start + 160ms);
  BOOST_CHECK_EQUAL(bucket.level(start + 160ms), -1);
  bucket.change({5, 1s, 5}, start + 160ms);
  BOOST_CHECK_EQUAL(bucket.level(start + 160ms), 5);
  bucket.change({1, 1s, 2}, start + 160ms);
  BOOST_CHECK_EQUAL(bucket.level(start + 160ms), 2);
}

BOOST_AUTO_TEST_CASE(without_a_limit_always_gives) {
  token_bucket bucket{{}, start};
  BOOST_CHECK_EQUAL(take_all(bucket, start), 10000);
  bucket.spend(1e12, start);
  BOOST_CHECK(bucket.take(start));
  BOOST_CHECK(bucket.next(start) == start);
  BOOST_CHECK_EQUAL(bucket.level(start), -1);
}

BOOST_AUTO_TEST_CASE(rejects_limits_that_are_none) {
  BOOST_CHECK_THROW(validate(rate_limit{-1, 1s, 0}), error);
  BOOST_CHECK_THROW(validate(rate_limit{1, 0s, 0}), error);
  BOOST_CHECK_THROW(validate(rate_limit{1, 1s, -1}), error);
  BOOST_CHECK_THROW(validate(origin_limits{{}, per_second(-1), 0}), error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
