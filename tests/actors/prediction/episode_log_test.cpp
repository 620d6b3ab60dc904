#include <boost/test/unit_test.hpp>
#include <set>

#include "actors/prediction/episode_log.hpp"
#include "actors/prediction/numeric_neighbours.hpp"

using namespace stoker;
using namespace stoker::learning;

BOOST_AUTO_TEST_SUITE(episodes_and_neighbours)

BOOST_AUTO_TEST_CASE(a_replayed_sequence_is_read_ahead_by_the_delay) {
  episode_log log;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 500; ++key) log.demanded(key, ++now, 50);
  std::set<key_id> proposed;
  for (key_id key = 0; key < 250; ++key)
    for (const auto& c : log.demanded(key, ++now, 50)) {
      BOOST_REQUIRE_GE(c.key, key + 45);  // nine tenths of the delay ahead
      proposed.insert(c.key);
    }
  BOOST_TEST(proposed.size() >= 245u);
}

BOOST_AUTO_TEST_CASE(a_confirmed_stream_has_the_better_record) {
  episode_log log;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 200; ++key) log.demanded(key, ++now, 10);
  std::uint32_t young = 0;
  std::uint32_t old = 0;
  for (key_id key = 0; key < 100; ++key)
    for (const auto& c : log.demanded(key, ++now, 10)) (key == 0 ? young : old) = c.record.occurrences;
  BOOST_TEST(old > young);
}

BOOST_AUTO_TEST_CASE(a_forgotten_key_starts_no_stream) {
  episode_log log;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 100; ++key) log.demanded(key, ++now, 5);
  log.forget(3);
  BOOST_TEST(log.demanded(3, ++now, 5).empty());
}

BOOST_AUTO_TEST_CASE(strides_are_found_by_themselves) {
  numeric_neighbours neighbours;
  bool ahead = false;
  for (std::int64_t i = 0; i < 2000; ++i)
    for (const auto& c : neighbours.demanded({"block:", 128 * i}, true)) ahead |= c.number == 128 * i + 128;
  BOOST_TEST(ahead);
}

BOOST_AUTO_TEST_CASE(numbers_of_other_prefixes_are_no_neighbours) {
  numeric_neighbours neighbours;
  for (std::int64_t i = 0; i < 1000; ++i) {
    const std::string prefix = "p" + std::to_string(i);
    BOOST_REQUIRE(neighbours.demanded({prefix, i}, true).empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
