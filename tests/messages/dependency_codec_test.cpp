#include "messages/dependency_codec.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace stoker;

BOOST_AUTO_TEST_SUITE(dependency_codec)

BOOST_AUTO_TEST_CASE(comes_back_as_it_was_kept) {
  const dependency_map needs{
      {"page", {"layout", "style"}}, {"layout", {"style"}}, {"", {std::string(1, '\0')}}};
  const auto back = decode_dependencies(encode_dependencies(needs));
  BOOST_REQUIRE(back.has_value());
  BOOST_CHECK(*back == needs);
  BOOST_CHECK(decode_dependencies(encode_dependencies({}))->empty());
}

BOOST_AUTO_TEST_CASE(refuses_what_is_none) {
  BOOST_TEST(!decode_dependencies("").has_value());
  BOOST_TEST(!decode_dependencies("none").has_value());
  const auto whole = encode_dependencies({{"page", {"layout"}}});
  BOOST_TEST(!decode_dependencies(std::string_view{whole}.substr(0, whole.size() - 1)).has_value());
  auto later_version = whole;
  later_version[1] = 2;
  BOOST_TEST(!decode_dependencies(later_version).has_value());
}

BOOST_AUTO_TEST_CASE(survives_damaged_bytes) {
  std::mt19937 random{5};
  const auto whole = encode_dependencies({{"page", {"layout", "style"}}, {"other", {"x"}}});
  std::size_t refused = 0;
  for (int round = 0; round < 2000; ++round) {
    auto damaged = whole;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    refused += decode_dependencies(damaged).has_value() ? 0 : 1;
  }
  BOOST_TEST(refused > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
