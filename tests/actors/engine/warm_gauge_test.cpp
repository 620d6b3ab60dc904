#include "actors/engine/warm_gauge.hpp"

#include <boost/test/unit_test.hpp>

using namespace stoker;
using namespace std::chrono_literals;

namespace warm_gauge_test {

struct gauge_fixture {
  void close(std::initializer_list<double> ratios) {
    for (const auto ratio : ratios) gauge.closed(ratio, now += 1s);
  }

  time_point now{};
  warm_gauge gauge{now};
};

}  // namespace warm_gauge_test

BOOST_FIXTURE_TEST_SUITE(warm_gauge_test, gauge_fixture)

BOOST_AUTO_TEST_CASE(nothing_is_known_at_first) {
  BOOST_TEST(!gauge.warm());
  BOOST_TEST(gauge.steady() < 0);
  BOOST_TEST(gauge.warmness() < 0);
  BOOST_CHECK(gauge.time_to_warm() < duration::zero());
}

BOOST_AUTO_TEST_CASE(without_a_record_three_windows_within_a_point_of_each_other_are_warm_and_are_recorded) {
  close({0.2, 0.6, 0.89, 0.895});
  BOOST_TEST(!gauge.warm());
  close({0.9});
  BOOST_TEST(gauge.warm());
  BOOST_TEST(gauge.steady() == 0.895, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(gauge.warmness() == 1.0);
  BOOST_CHECK(gauge.time_to_warm() == 5s);
}

BOOST_AUTO_TEST_CASE(with_a_record_three_windows_at_most_a_point_below_it_are_warm) {
  gauge.restore(0.9);
  close({0.5, 0.5, 0.5});
  BOOST_TEST(!gauge.warm());  // steady, but far from what it was
  BOOST_TEST(gauge.warmness() == 0.5 / 0.9);
  close({0.895, 0.88, 0.891, 0.95});
  BOOST_TEST(!gauge.warm());  // not three in a row
  close({0.89});
  BOOST_TEST(gauge.warm());
  BOOST_TEST(gauge.steady() == 0.9);
  BOOST_CHECK(gauge.time_to_warm() == 8s);
}

BOOST_AUTO_TEST_CASE(the_record_of_a_warm_cache_follows_its_traffic) {
  gauge.restore(0.9);
  close({0.9, 0.9, 0.9});
  for (int i = 0; i < 100; ++i) close({0.7});
  BOOST_TEST(gauge.warm());
  BOOST_TEST(gauge.steady() < 0.71);
  gauge.restore(0.2);  // comes too late to matter
  BOOST_TEST(gauge.steady() > 0.69);
}

BOOST_AUTO_TEST_CASE(a_record_that_is_not_reached_for_long_is_given_up) {
  gauge.restore(0.99);
  for (int i = 0; i < 50; ++i) close({0.6});
  BOOST_TEST(!gauge.warm());
  close({0.6});
  BOOST_TEST(gauge.warm());
  BOOST_TEST(gauge.steady() == 0.6, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(an_emptied_cache_is_cold_and_its_time_to_warm_counts_anew) {
  close({0.9, 0.9, 0.9});
  BOOST_TEST(gauge.warm());
  gauge.emptied(now);
  BOOST_TEST(!gauge.warm());
  BOOST_TEST(gauge.steady() == 0.9, boost::test_tools::tolerance(1e-9));
  close({0.4, 0.9, 0.9, 0.9});
  BOOST_CHECK(gauge.time_to_warm() == 4s);
}

BOOST_AUTO_TEST_CASE(a_record_that_is_no_ratio_is_ignored) {
  gauge.restore(-1);
  gauge.restore(7);
  BOOST_TEST(gauge.steady() < 0);
}

BOOST_AUTO_TEST_SUITE_END()
