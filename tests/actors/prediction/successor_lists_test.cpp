#include <boost/test/unit_test.hpp>

#include "actors/prediction/successor_lists.hpp"
#include "tests/actors/prediction/traces.hpp"

using namespace stoker;
using namespace stoker::learning;

BOOST_AUTO_TEST_SUITE(lists_of_successors)

namespace {

void link(successor_lists& lists, key_facts& source, std::uint32_t to, std::uint32_t rank) {
  if (!lists.confirm(source, to, rank)) lists.add(source, to, rank);
}

}  // namespace

BOOST_AUTO_TEST_CASE(counts_a_successor_once_for_each_occurrence_of_the_source) {
  successor_lists lists;
  key_facts source;
  lists.occurred(source);
  link(lists, source, 7, 0);
  link(lists, source, 7, 0);
  BOOST_TEST(std::uint32_t{lists.of(source)[0].count} == 1u);
  lists.occurred(source);
  link(lists, source, 7, 0);
  BOOST_TEST(std::uint32_t{lists.of(source)[0].count} == 2u);
}

BOOST_AUTO_TEST_CASE(confirms_what_is_listed_alone) {
  successor_lists lists;
  key_facts source;
  lists.occurred(source);
  BOOST_TEST(!lists.confirm(source, 7, 0));
  BOOST_TEST(lists.of(source).empty());
  lists.add(source, 7, 0);
  lists.occurred(source);
  BOOST_TEST(lists.confirm(source, 7, 0));
  BOOST_TEST(std::uint32_t{lists.of(source)[0].count} == 2u);
}

BOOST_AUTO_TEST_CASE(never_replaces_what_was_confirmed_since_the_source_last_occurred) {
  successor_lists lists;
  key_facts source;
  lists.occurred(source);
  lists.occurred(source);
  for (std::uint32_t key = 1; key <= 40; ++key) link(lists, source, key, key % 4);
  BOOST_TEST(lists.of(source).size() == successor_lists::longest);
  for (std::uint32_t i = 0; i < successor_lists::longest; ++i)
    BOOST_TEST(std::uint32_t{lists.of(source)[i].key} == i + 1);
  lists.occurred(source);
  link(lists, source, 100, 1);
  bool found = false;
  for (const auto& s : lists.of(source)) found |= s.key == 100;
  BOOST_TEST(found);
}

BOOST_AUTO_TEST_CASE(what_is_old_fades) {
  successor_lists lists;
  key_facts source;
  for (int i = 0; i < 60; ++i) {
    lists.occurred(source);
    link(lists, source, 1, 0);
  }
  for (int i = 0; i < 400; ++i) lists.occurred(source);
  BOOST_TEST(std::uint32_t{lists.of(source)[0].count} <= 2u);
  BOOST_TEST(+source.occurrences <= key_facts::most_occurrences);
}

BOOST_AUTO_TEST_CASE(bounds_hold_under_any_calls_and_freed_blocks_are_used_again) {
  successor_lists lists;
  std::vector<key_facts> facts(300);
  testing::dice draw(5);
  for (int i = 0; i < 200'000; ++i) {
    auto& source = facts[draw(300)];
    switch (draw(12)) {
      case 0:
        lists.release(source);
        break;
      case 1:
        lists.trim(source, draw(2) == 0);
        break;
      case 2:
      case 3:
        lists.occurred(source);
        break;
      default:
        link(lists, source, draw(1000), draw(4));
    }
    BOOST_REQUIRE_LE(+source.successors, +source.room);
    BOOST_REQUIRE_LE(+source.successors, successor_lists::longest);
  }
  std::size_t rooms = 0;
  for (const auto& f : facts) rooms += f.room;
  BOOST_TEST(lists.in_use() == rooms);
  BOOST_TEST(lists.memory_bytes() <= 300u * 2 * successor_lists::longest * sizeof(successor));
}

BOOST_AUTO_TEST_SUITE_END()
