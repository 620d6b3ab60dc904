#include "actors/warming/prefetch_queue.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

BOOST_AUTO_TEST_SUITE(prefetch_queue_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const time_point start{1000h};

prefetch_settings bounds(std::uint32_t capacity, std::uint32_t in_flight) {
  prefetch_settings settings;
  settings.queue_capacity = capacity;
  settings.max_in_flight = in_flight;
  return settings;
}

std::string joined(const std::vector<std::string>& keys) {
  std::string text;
  for (const auto& key : keys) text += key + " ";
  return text;
}

std::string joined(const std::vector<prefetch_item>& items) {
  std::string text;
  for (const auto& item : items) text += item.key + " ";
  return text;
}

BOOST_AUTO_TEST_CASE(gives_the_likeliest_first_and_among_equals_the_first_come) {
  prefetch_queue queue{bounds(10, 10)};
  std::vector<std::string> dropped;
  queue.add({{"a", 0.2}, {"b", 0.9}, {"c", 0.2}, {"d", 0.5}}, start, dropped);
  BOOST_CHECK_EQUAL(joined(queue.take(start, dropped)), "b d a c ");
  BOOST_CHECK(dropped.empty());
}

BOOST_AUTO_TEST_CASE(gives_no_more_than_may_be_under_way) {
  prefetch_queue queue{bounds(10, 2)};
  std::vector<std::string> dropped;
  queue.add({{"a", 0.3}, {"b", 0.2}, {"c", 0.1}}, start, dropped);
  BOOST_CHECK_EQUAL(joined(queue.take(start, dropped)), "a b ");
  BOOST_CHECK_EQUAL(joined(queue.take(start, dropped)), "");
  queue.landed("a");
  BOOST_CHECK_EQUAL(joined(queue.take(start, dropped)), "c ");
}

BOOST_AUTO_TEST_CASE(takes_each_key_once_while_it_waits_or_is_under_way) {
  prefetch_queue queue{bounds(10, 1)};
  std::vector<std::string> dropped;
  queue.add({{"a", 0.3}, {"a", 0.4}, {"", 1}}, start, dropped);
  BOOST_CHECK_EQUAL(queue.waiting(), 1u);
  queue.take(start, dropped);
  queue.add({{"a", 0.9}}, start, dropped);
  BOOST_CHECK_EQUAL(queue.waiting(), 0u);
  queue.landed("a");
  queue.add({{"a", 0.9}}, start, dropped);
  BOOST_CHECK_EQUAL(queue.waiting(), 1u);
}

BOOST_AUTO_TEST_CASE(when_full_drops_the_least_likely) {
  prefetch_queue queue{bounds(2, 10)};
  std::vector<std::string> dropped;
  queue.add({{"a", 0.5}, {"b", 0.3}, {"c", 0.1}, {"d", 0.4}}, start, dropped);
  BOOST_CHECK_EQUAL(joined(dropped), "c b ");
  BOOST_CHECK_EQUAL(joined(queue.take(start, dropped)), "a d ");
}

BOOST_AUTO_TEST_CASE(drops_what_waited_too_long) {
  prefetch_queue queue{bounds(10, 10)};
  std::vector<std::string> dropped;
  queue.add({{"old", 0.9}}, start, dropped);
  queue.add({{"new", 0.1}}, start + 400ms, dropped);
  BOOST_CHECK_EQUAL(joined(queue.take(start + 501ms, dropped)), "new ");
  BOOST_CHECK_EQUAL(joined(dropped), "old ");
}

BOOST_AUTO_TEST_CASE(clear_gives_back_what_waits) {
  prefetch_queue queue{bounds(10, 10)};
  std::vector<std::string> dropped;
  queue.add({{"a", 0.5}, {"b", 0.6}}, start, dropped);
  BOOST_CHECK_EQUAL(joined(queue.clear()), "b a ");
  BOOST_CHECK_EQUAL(queue.waiting(), 0u);
}

BOOST_AUTO_TEST_CASE(rejects_bounds_of_nothing) {
  BOOST_CHECK_THROW(validate(bounds(0, 1)), error);
  BOOST_CHECK_THROW(validate(bounds(1, 0)), error);
  auto settings = bounds(1, 1);
  settings.load_timeout = 0s;
  BOOST_CHECK_THROW(validate(settings), error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
