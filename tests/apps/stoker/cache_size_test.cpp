#include "apps/stoker/cache_size.hpp"

#include <boost/test/unit_test.hpp>

#include "apps/stoker/command_line.hpp"

BOOST_AUTO_TEST_SUITE(cache_size_test)

using namespace stoker::cli;

BOOST_AUTO_TEST_CASE(a_number_is_entries) {
  BOOST_CHECK_EQUAL(parse_cache_size("1000", 5), 1000u);
}

BOOST_AUTO_TEST_CASE(a_share_is_rounded_down_and_at_least_one) {
  BOOST_CHECK_EQUAL(parse_cache_size("1%", 48974), 489u);
  BOOST_CHECK_EQUAL(parse_cache_size("10%", 9), 1u);
  BOOST_CHECK_EQUAL(parse_cache_size("0.5%", 1000), 5u);
  BOOST_CHECK_EQUAL(parse_cache_size("100%", 186880), 186880u);
  BOOST_CHECK_EQUAL(parse_cache_size("1%", 0), 1u);
}

BOOST_AUTO_TEST_CASE(every_whole_share_of_a_hundred_keys_is_itself) {
  for (std::uint64_t percent = 1; percent <= 100; ++percent) {
    BOOST_CHECK_EQUAL(parse_cache_size(std::to_string(percent) + "%", 100), percent);
    BOOST_CHECK_EQUAL(parse_cache_size(std::to_string(percent) + "e-2%", 10'000), percent);
  }
}

BOOST_AUTO_TEST_CASE(anything_else_is_a_usage_error) {
  for (const auto* text : {"", "0", "-1", "0%", "-5%", "%", "ten", "1.5", "5 %", "5%%", "inf%", "nan%",
                           "1e300%", "99999999999999999999", "0x10"}) {
    BOOST_CHECK_EXCEPTION(parse_cache_size(text, 100), usage_error, [&](const usage_error& e) {
      return std::string(e.what()).ends_with("found '" + std::string(text) + "'") && e.code() == exit_usage;
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
