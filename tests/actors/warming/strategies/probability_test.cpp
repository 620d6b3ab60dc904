#include "actors/warming/strategies/probability.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(probability_suite)

BOOST_AUTO_TEST_CASE(probabilities_stay_between_zero_and_one_whatever_comes) {
  BOOST_TEST(probability_by_rate(-5, 1h) == 0);
  BOOST_TEST(probability_by_rate(1e12, 1h) <= 1);
  BOOST_TEST(probability_by_idle_time(-1h, 1h) == 1);
  BOOST_TEST(probability_by_idle_time(0h, 0h) == 0);
  BOOST_TEST(probability_by_interval(0s, 1h, 1h) == 0);
  BOOST_TEST(probability_by_interval(1s, 1000h, 1000h) <= 1);
  BOOST_TEST(probability_by_interval(1h, -5h, 0h) == 0);
  BOOST_TEST(probability_by_recency(0) <= 1);
  BOOST_TEST(probability_by_recency(1'000'000) > 0);
}

BOOST_AUTO_TEST_CASE(more_evidence_and_a_longer_horizon_are_likelier) {
  for (double rate = 0.01; rate < 20; rate *= 2) {
    BOOST_TEST(probability_by_rate(rate, 30min) < probability_by_rate(rate * 1.5, 30min));
    BOOST_TEST(probability_by_rate(rate, 10min) < probability_by_rate(rate, 11min));
  }
  for (auto age = 1min; age < 200min; age += 10min) {
    BOOST_TEST(probability_by_interval(1h, age, 10min) < probability_by_interval(1h, age + 10min, 10min));
    BOOST_TEST(probability_by_interval(1h, age, 10min) < probability_by_interval(1h, age, 11min));
    BOOST_TEST(probability_by_interval(1h, age, 10min) > probability_by_interval(2h, age, 10min));
    BOOST_TEST(probability_by_idle_time(age, 10min) > probability_by_idle_time(age + 1min, 10min));
  }
  for (std::size_t rank = 0; rank < 100; ++rank)
    BOOST_TEST(probability_by_recency(rank) > probability_by_recency(rank + 1));
}

BOOST_AUTO_TEST_CASE(a_mean_interval_ahead_is_likelier_than_not) {
  BOOST_TEST(probability_by_interval(1h, 0h, 1h) > 0.5);
  BOOST_TEST(probability_by_interval(1h, 0h, 1h) < 0.6);
  BOOST_TEST(probability_by_interval(1h, 0h, 2h) > 0.95);
}

BOOST_AUTO_TEST_CASE(a_use_after_the_expiry_is_none) {
  BOOST_TEST((before_expiry(1h, 10min) == 10min));
  BOOST_TEST((before_expiry(1h, 2h) == 1h));
  BOOST_TEST((before_expiry(1h, 0h) == 1h));
}

BOOST_AUTO_TEST_SUITE_END()
