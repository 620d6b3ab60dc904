#include "actors/tracking/hour_counts.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(hour_counts_test)

BOOST_AUTO_TEST_CASE(codes_are_within_a_sixteenth_of_the_count) {
  for (std::uint64_t count = 0; count < 0xFFFF'FFFFull; count += 1 + count / 50) {
    const auto exact = static_cast<double>(count);
    const double coded = decode_count(encode_count(static_cast<std::uint32_t>(count)));
    BOOST_TEST(std::abs(coded - exact) <= (count < 16 ? 0 : exact / 16));
  }
}

BOOST_AUTO_TEST_CASE(forgets_hours_after_two_days) {
  hour_counts counts;
  counts.add(1000, 5, 0);
  counts.add(1047, 7, 0);
  BOOST_TEST(counts.recent(1000) == 5u);
  counts.add(1048, 9, 0);
  BOOST_TEST(counts.recent(1000) == 0u);
  BOOST_TEST(counts.recent(1047) == 7u);
  BOOST_TEST(counts.recent(1048) == 9u);
  BOOST_TEST(counts.recent(1049) == 0u);
}

BOOST_AUTO_TEST_CASE(hours_of_the_day_keep_their_shape_over_years) {
  hour_counts counts;
  constexpr std::uint32_t days = 1000;
  for (std::uint32_t day = 0; day < days; ++day) {
    counts.add(day * 24 + 9, 1000, day * 0x9E3779B97F4A7C15ull >> 8);
    counts.add(day * 24 + 20, 100, day * 0x9E3779B97F4A7C15ull >> 8);
  }
  BOOST_TEST(counts.hour_of_day(9) == 1000.0 * days, boost::test_tools::tolerance(0.1));
  BOOST_TEST(counts.hour_of_day(20) == 100.0 * days, boost::test_tools::tolerance(0.3));
  BOOST_TEST(counts.hour_of_day(3) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
