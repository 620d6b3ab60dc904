#include "actors/history/write_behind.hpp"

#include <boost/test/unit_test.hpp>

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(write_behind_test)

BOOST_AUTO_TEST_CASE(writes_are_answered_in_their_order_with_their_versions) {
  write_behind waiting;
  auto first = waiting.admit(3, 10);
  auto second = waiting.admit(4, 20);
  BOOST_TEST(waiting.records_waiting() == 7u);
  auto settled = waiting.committed();
  BOOST_REQUIRE(settled.size() == 2u);
  BOOST_TEST(settled[0].ticket == first);
  BOOST_TEST(settled[0].version == 10u);
  BOOST_TEST(settled[1].ticket == second);
  BOOST_TEST(settled[1].version == 20u);
  BOOST_TEST(waiting.empty());
  BOOST_TEST(waiting.records_written() == 7u);
  BOOST_TEST(waiting.batches_written() == 1u);
}

BOOST_AUTO_TEST_CASE(a_failed_batch_is_answered_and_counted_as_an_error) {
  write_behind waiting;
  waiting.admit(3, 10);
  BOOST_TEST(waiting.failed("disk full").size() == 1u);
  BOOST_TEST(waiting.failing());
  BOOST_TEST(waiting.records_written() == 0u);
  BOOST_TEST(waiting.write_errors() == 1u);
  BOOST_TEST(waiting.last_error() == "disk full");
  waiting.admit(3, 10);
  waiting.committed();
  BOOST_TEST(!waiting.failing());
  BOOST_TEST(waiting.last_error() == "disk full");  // of the past, and still worth knowing
}

BOOST_AUTO_TEST_CASE(no_ticket_is_given_twice) {
  write_behind waiting;
  auto first = waiting.admit(1, 1);
  waiting.committed();
  BOOST_TEST(waiting.admit(1, 1) != first);
}

BOOST_AUTO_TEST_CASE(beyond_its_bound_there_is_no_room_unless_nothing_waits) {
  write_behind waiting{{1000, 10}};
  BOOST_TEST(waiting.has_room(50));
  waiting.admit(8, 1);
  BOOST_TEST(waiting.has_room(2));
  BOOST_TEST(!waiting.has_room(3));
  waiting.committed();
  BOOST_TEST(waiting.has_room(3));
}

BOOST_AUTO_TEST_CASE(a_large_batch_is_committed_at_once_unless_the_store_fails) {
  write_behind waiting{{1000, 10}};
  BOOST_TEST(!waiting.commit_now(999));
  BOOST_TEST(waiting.commit_now(1000));
  waiting.failed("disk full");
  BOOST_TEST(!waiting.commit_now(1000));
  waiting.committed();
  BOOST_TEST(waiting.commit_now(1000));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
