#include "actors/engine/hit_windows.hpp"

#include <boost/test/unit_test.hpp>

using namespace stoker;

BOOST_AUTO_TEST_SUITE(hit_ratio_windows)

BOOST_AUTO_TEST_CASE(a_window_is_a_thousand_requests_or_a_tenth_of_the_capacity) {
  BOOST_TEST(window_requests(0) == 1000u);
  BOOST_TEST(window_requests(9'999) == 1000u);
  BOOST_TEST(window_requests(50'000) == 5000u);
}

BOOST_AUTO_TEST_CASE(tells_the_ratio_of_the_last_whole_window) {
  hit_windows windows{100};
  windows.sample(40, 20);
  BOOST_TEST(!windows.last().has_value());
  windows.sample(60, 40);
  BOOST_TEST(windows.last().value() == 0.6);
  windows.sample(150, 45);  // 95 requests: not a window yet
  BOOST_TEST(windows.last().value() == 0.6);
  windows.sample(155, 45);
  BOOST_TEST(windows.last().value() == 0.95);
}

BOOST_AUTO_TEST_SUITE_END()
