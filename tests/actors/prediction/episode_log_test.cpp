#include <boost/test/unit_test.hpp>
#include <set>
#include <vector>

#include "actors/prediction/episode_log.hpp"
#include "actors/prediction/numeric_neighbours.hpp"

using namespace stoker;
using namespace stoker::learning;

BOOST_AUTO_TEST_SUITE(episodes_and_neighbours)

BOOST_AUTO_TEST_CASE(a_replayed_sequence_is_read_ahead_by_the_delay) {
  episode_log log;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 500; ++key) log.demanded(key, ++now, 50, 16);
  std::set<key_id> proposed;
  for (key_id key = 0; key < 250; ++key)
    for (const auto& c : log.demanded(key, ++now, 50, 16)) {
      BOOST_REQUIRE_GE(c.key, key + 45);  // nine tenths of the delay ahead
      proposed.insert(c.key);
    }
  BOOST_TEST(proposed.size() >= 245u);
}

BOOST_AUTO_TEST_CASE(a_confirmed_stream_has_the_better_record) {
  episode_log log;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 200; ++key) log.demanded(key, ++now, 10, 16);
  std::uint32_t young = 0;
  std::uint32_t old = 0;
  for (key_id key = 0; key < 100; ++key)
    for (const auto& c : log.demanded(key, ++now, 10, 16)) (key == 0 ? young : old) = c.record.occurrences;
  BOOST_TEST(old > young);
}

BOOST_AUTO_TEST_CASE(a_stream_goes_on_over_keys_that_were_logged_elsewhere_since) {
  episode_log log;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 200; ++key) log.demanded(key, ++now, 10, 16);
  for (key_id key = 1; key < 200; key += 2) log.demanded(key, now += 1000, 10, 16);
  std::uint32_t confirmed = 0;
  for (key_id key = 0; key < 20; ++key)
    for (const auto& c : log.demanded(key, ++now, 10, 16)) {
      BOOST_REQUIRE_LE(c.key, key + 27);
      confirmed = c.record.occurrences;
    }
  BOOST_TEST(confirmed == 19u);
}

BOOST_AUTO_TEST_CASE(a_forgotten_key_starts_no_stream) {
  episode_log log;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 100; ++key) log.demanded(key, ++now, 5, 16);
  log.forget(3);
  BOOST_TEST(log.demanded(3, ++now, 5, 16).empty());
}

BOOST_AUTO_TEST_CASE(a_forgotten_key_confirms_no_stream_that_expected_it) {
  episode_log log;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 100; ++key) log.demanded(key, ++now, 5, 16);
  BOOST_TEST(!log.demanded(3, ++now, 5, 16).empty());  // expects 4
  log.forget(4);
  BOOST_TEST(log.demanded(4, ++now, 5, 16).empty());
}

BOOST_AUTO_TEST_CASE(what_would_not_pay_in_time_is_not_looked_at) {
  episode_log log;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 500; ++key) log.demanded(key, now += 300, 50, 16);  // a long way between
  for (key_id key = 0; key < 250; ++key) BOOST_REQUIRE(log.demanded(key, now += 300, 50, 16).empty());
}

BOOST_AUTO_TEST_CASE(a_restored_log_goes_on_where_the_saved_one_stood) {
  episode_log saved;
  std::uint32_t now = 0;
  for (key_id key = 0; key < 3000; ++key) saved.demanded(key, now += key % 7 * 50, 1, 400);
  episode_log restored;
  restored.restore(saved.save(), now);
  BOOST_TEST(restored.save() == saved.save(), boost::test_tools::per_element());
  for (key_id key = 2500; key < 2990; ++key) {
    std::vector<key_id> expected;
    for (const auto& c : saved.demanded(key, now += 100, 1, 400)) expected.push_back(c.key);
    std::vector<key_id> found;
    for (const auto& c : restored.demanded(key, now, 1, 400)) found.push_back(c.key);
    BOOST_TEST(found == expected, boost::test_tools::per_element());
  }
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
