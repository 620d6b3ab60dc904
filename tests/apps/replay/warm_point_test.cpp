#include "apps/replay/warm_point.hpp"

#include <boost/test/unit_test.hpp>

using namespace stoker;

BOOST_AUTO_TEST_SUITE(warm_points)

namespace {

// One window of ten requests with so many hits, after another.
hit_sequence windows(std::initializer_list<int> hits) {
  hit_sequence sequence;
  for (const int count : hits)
    for (int i = 0; i < 10; ++i) sequence.push_back(i < count ? 1 : 0);
  return sequence;
}

}  // namespace

BOOST_AUTO_TEST_CASE(warm_is_three_windows_in_a_row_within_a_point_of_the_twin) {
  const auto twin = windows({9, 9, 9, 9, 9, 9, 9});
  BOOST_TEST(requests_until_warm(windows({2, 9, 9, 8, 9, 9, 9}), twin, 10).value() == 40u);
  BOOST_TEST(requests_until_warm(twin, twin, 10).value() == 0u);
  BOOST_TEST(requests_until_warm(windows({10, 10, 10, 0, 0, 0, 0}), twin, 10).value() ==
             0u);  // better is warm
}

BOOST_AUTO_TEST_CASE(a_cache_that_never_gets_there_is_never_warm) {
  const auto twin = windows({9, 9, 9, 9, 9});
  BOOST_TEST(!requests_until_warm(windows({9, 9, 8, 9, 9}), twin, 10).has_value());
  BOOST_TEST(!requests_until_warm(windows({9, 9}), windows({9, 9}), 10).has_value());  // too short to tell
  BOOST_TEST(!requests_until_warm({}, {}, 10).has_value());
}

BOOST_AUTO_TEST_CASE(the_hit_ratio_of_nothing_is_zero) {
  BOOST_TEST(hit_ratio({}) == 0.0);
  BOOST_TEST(hit_ratio(windows({5})) == 0.5);
}

BOOST_AUTO_TEST_SUITE_END()
