#include "actors/prediction/growing_table.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <utility>

namespace stoker::test {

using stoker::learning::growing_table;

BOOST_AUTO_TEST_SUITE(growing_table_test)

namespace {

struct fact {
  std::uint32_t number = 7;
  std::uint8_t flag = 1;
};

constexpr std::size_t many = 300'000;  // large enough for blocks that the kernel moves

growing_table<std::uint64_t> squares(std::size_t count) {
  growing_table<std::uint64_t> table;
  for (std::uint64_t i = 0; i < count; ++i) table.push_back(i * i);
  return table;
}

}  // namespace

BOOST_AUTO_TEST_CASE(starts_empty) {
  const growing_table<fact> table;
  BOOST_TEST(table.size() == 0u);
  BOOST_TEST(table.memory_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(new_elements_are_as_by_default) {
  growing_table<fact> table;
  table.grow_to(3);
  table[1] = {9, 0};
  table.grow_to(1000);
  BOOST_TEST(table.size() == 1000u);
  BOOST_TEST(table[1].number == 9u);
  for (const std::size_t i : {0, 2, 3, 999}) {
    BOOST_TEST(table[i].number == 7u);
    BOOST_TEST(table[i].flag == 1);
  }
}

BOOST_AUTO_TEST_CASE(keeps_what_it_holds_while_it_grows) {
  const auto table = squares(many);
  BOOST_TEST_REQUIRE(table.size() == many);
  for (std::uint64_t i = 0; i < many; ++i) BOOST_REQUIRE_EQUAL(table[i], i * i);
}

BOOST_AUTO_TEST_CASE(never_shrinks) {
  auto table = squares(10);
  table.grow_to(4);
  BOOST_TEST(table.size() == 10u);
}

BOOST_AUTO_TEST_CASE(takes_a_sixteenth_more_than_it_holds_at_most) {
  const auto table = squares(many);
  BOOST_TEST(table.memory_bytes() >= many * sizeof(std::uint64_t));
  BOOST_TEST(table.memory_bytes() <= (many + many / 16 + 65) * sizeof(std::uint64_t));
}

BOOST_AUTO_TEST_CASE(adds_an_element_of_its_own) {
  auto table = squares(64);
  for (int i = 0; i < 1000; ++i) table.push_back(table[3]);
  BOOST_TEST(table[table.size() - 1] == 9u);
}

BOOST_AUTO_TEST_CASE(moves_without_a_copy) {
  auto table = squares(100);
  const auto* const elements = table.data();
  auto other = std::move(table);
  BOOST_TEST(other.data() == elements);
  growing_table<std::uint64_t> third = squares(5);
  third = std::move(other);
  BOOST_TEST(third.data() == elements);
  BOOST_TEST(third.size() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
