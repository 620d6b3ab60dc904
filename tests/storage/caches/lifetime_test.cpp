#include "storage/caches/memory/lifetime.hpp"

#include <boost/test/unit_test.hpp>

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(lifetime_suite)

BOOST_AUTO_TEST_CASE(a_lifetime_is_kept_to_within_a_sixteenth) {
  for (auto ttl = duration{1ms}; ttl < 45 * 24h; ttl += ttl / 97 + 1us) {
    const auto kept = decode_lifetime(encode_lifetime(ttl));
    BOOST_TEST(std::abs(static_cast<double>((kept - ttl).count())) <=
               static_cast<double>(ttl.count()) / 16 + 1);
  }
}

BOOST_AUTO_TEST_CASE(a_lifetime_that_was_kept_once_changes_no_more) {
  for (int code = 1; code < 256; ++code)
    BOOST_TEST(encode_lifetime(decode_lifetime(static_cast<std::uint8_t>(code))) == code);
}

BOOST_AUTO_TEST_CASE(no_expiry_and_extremes_have_their_codes) {
  BOOST_TEST(encode_lifetime(0s) == 0);
  BOOST_TEST(encode_lifetime(-1s) == 0);
  BOOST_TEST((decode_lifetime(0) == 0s));
  BOOST_TEST((decode_lifetime(encode_lifetime(1ns)) == 1ms));
  BOOST_TEST(encode_lifetime(100'000h) == 255);
  BOOST_TEST((decode_lifetime(255) > 43 * 24h));
}

BOOST_AUTO_TEST_SUITE_END()
