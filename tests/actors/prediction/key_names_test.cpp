#include <boost/test/unit_test.hpp>
#include <map>

#include "actors/prediction/key_names.hpp"
#include "tests/actors/prediction/traces.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(names_of_keys)

BOOST_AUTO_TEST_CASE(behaves_like_a_map_under_additions_and_renamings) {
  key_names names(500);
  std::map<std::string, key_id> model;
  testing::dice draw(3);
  for (int i = 0; i < 20'000; ++i) {
    const auto key = "k" + std::to_string(draw(3000));
    const auto known = model.find(key);
    const auto found = names.find(key);
    BOOST_REQUIRE_EQUAL(found.has_value(), known != model.end());
    if (found) {
      BOOST_REQUIRE_EQUAL(*found, known->second);
    } else if (!names.full()) {
      model[key] = names.add(key);
    } else {
      const key_id victim = draw(names.size());
      model.erase(std::string(names.name(victim)));
      names.rename(victim, key);
      model[key] = victim;
    }
  }
  BOOST_TEST(names.size() == 500u);
}

BOOST_AUTO_TEST_CASE(parses_the_number_at_the_end_of_a_key) {
  const auto block = parse_numbered_key("disk:1042");
  BOOST_REQUIRE(block.has_value());
  BOOST_TEST(block->prefix == "disk:");
  BOOST_TEST(block->number == 1042);
  BOOST_TEST(parse_numbered_key("0").has_value());
}

BOOST_AUTO_TEST_CASE(takes_no_number_whose_neighbours_would_be_named_otherwise) {
  BOOST_TEST(!parse_numbered_key("page-007").has_value());
  BOOST_TEST(!parse_numbered_key("name").has_value());
  BOOST_TEST(!parse_numbered_key("").has_value());
  BOOST_TEST(!parse_numbered_key("1234567890123456789").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
