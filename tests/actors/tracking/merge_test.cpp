#include "actors/tracking/merge.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace stoker::test {
namespace merge_test {

struct fixture {
  void write(std::size_t ring, std::uint64_t stamp, const std::string& key) {
    rings[ring]->write(stamp, key, 0, access_outcome::hit, 0, 0);
  }
  std::string merge(std::uint64_t horizon, std::size_t limit = 100) {
    access_batch batch;
    complete = merger.merge(rings, horizon, limit, batch);
    return batch.bytes;
  }

  std::vector<std::shared_ptr<access_ring>> rings{std::make_shared<access_ring>(1024, 1),
                                                  std::make_shared<access_ring>(1024, 2)};
  access_merger merger;
  bool complete = false;
};

}  // namespace merge_test

BOOST_FIXTURE_TEST_SUITE(merge_test, fixture)

BOOST_AUTO_TEST_CASE(orders_the_accesses_of_two_threads_by_stamp) {
  write(0, 10, "a");
  write(1, 20, "b");
  write(0, 30, "c");
  write(1, 40, "d");
  BOOST_TEST(merge(100) == "abcd");
  BOOST_TEST(complete);
}

BOOST_AUTO_TEST_CASE(what_lies_beyond_the_horizon_waits) {
  write(0, 10, "a");
  write(1, 60, "b");
  BOOST_TEST(merge(50) == "a");
  write(0, 55, "c");
  BOOST_TEST(merge(100) == "cb");
  BOOST_TEST(merger.late() == 0u);
}

BOOST_AUTO_TEST_CASE(a_late_access_is_counted_and_still_passed_on_in_ascending_order) {
  write(0, 50, "a");
  merge(50);
  write(1, 40, "b");
  access_batch batch;
  merger.merge(rings, 60, 100, batch);
  BOOST_REQUIRE(batch.records.size() == 1u);
  BOOST_TEST(batch.records[0].stamp == 50u);
  BOOST_TEST(merger.late() == 1u);
}

BOOST_AUTO_TEST_CASE(a_limit_leaves_the_rest_in_the_rings) {
  for (std::uint64_t i = 0; i < 6; ++i) write(i % 2, i, std::string(1, static_cast<char>('a' + i)));
  BOOST_TEST(merge(100, 4) == "abcd");
  BOOST_TEST(!complete);
  BOOST_TEST(merge(100, 4) == "ef");
  BOOST_TEST(complete);
}

BOOST_AUTO_TEST_CASE(a_full_ring_refuses_and_counts_and_a_drained_one_takes_again) {
  std::uint64_t written = 0;
  while (rings[0]->write(written, "0123456789", 0, access_outcome::hit, 0, 0)) ++written;
  BOOST_TEST(rings[0]->dropped() == 1u);
  BOOST_TEST(merge(1000).size() == written * 10);
  // One less than fits leaves room for the filler before the ring's end, wherever that comes.
  for (int round = 0; round < 10; ++round) {
    for (std::uint64_t i = 0; i + 1 < written; ++i) write(0, i, "0123456789");
    BOOST_TEST(merge(1000).size() == (written - 1) * 10);
  }
  BOOST_TEST(rings[0]->dropped() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
