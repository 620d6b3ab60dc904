#include "bench/baselines/mithril.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(mithril_test)

namespace {

using namespace stoker::baselines;

constexpr key_id filler = 1000;  // keys from here on stand for other traffic, each demanded once

// Mines as soon as two keys have been seen twice.
mithril_options small(unsigned mining_threshold = 4) {
  mithril_options options;
  options.mining_threshold = mining_threshold;
  return options;
}

class feeder {
 public:
  explicit feeder(const mithril_options& options) : prefetching_(filler + 10'000, options) {}

  void miss(const std::vector<key_id>& keys) {
    for (const auto key : keys) prefetching_.accessed(key, false);
  }
  void hit(key_id key) { prefetching_.accessed(key, true); }
  void pass_time(int accesses) {
    for (int i = 0; i < accesses; ++i) prefetching_.accessed(next_filler_++, false);
  }
  void check_proposals(key_id key, const std::vector<key_id>& expected) {
    std::vector<key_id> out;
    prefetching_.propose(key, out);
    BOOST_TEST(out == expected, boost::test_tools::per_element());
  }

 private:
  mithril prefetching_;
  key_id next_filler_ = filler;
};

}  // namespace

BOOST_AUTO_TEST_CASE(keys_that_miss_side_by_side_are_associated_in_their_order) {
  feeder f(small());
  f.miss({1, 2});
  f.pass_time(100);
  f.check_proposals(1, {});
  f.miss({1, 2});
  f.check_proposals(1, {2});
  f.check_proposals(2, {});
}

BOOST_AUTO_TEST_CASE(keys_that_lie_apart_are_not_associated) {
  feeder f(small());
  f.miss({1});
  f.pass_time(25);
  f.miss({2});
  f.pass_time(100);
  f.miss({1, 2});
  f.check_proposals(1, {});
}

BOOST_AUTO_TEST_CASE(hits_are_not_recorded) {
  feeder f(small());
  f.miss({1, 2});
  f.hit(1);
  f.hit(2);
  f.check_proposals(1, {});
  f.miss({1, 2});
  f.check_proposals(1, {2});
}

BOOST_AUTO_TEST_CASE(the_nearest_follower_is_taken_and_farther_ones_only_when_adjacent) {
  feeder f(small(6));
  f.miss({1});
  f.pass_time(3);
  f.miss({2});
  f.pass_time(3);
  f.miss({3});
  f.pass_time(100);
  f.miss({1});
  f.pass_time(3);
  f.miss({2});
  f.pass_time(3);
  f.miss({3});
  f.check_proposals(1, {2});
  f.check_proposals(2, {3});
}

BOOST_AUTO_TEST_CASE(a_list_keeps_its_newest_associations) {
  feeder f(small());
  for (const key_id follower : {2, 3, 4}) {
    f.miss({1, follower});
    f.pass_time(50);
    f.miss({1, follower});
    f.pass_time(50);
  }
  f.check_proposals(1, {3, 4});
}

BOOST_AUTO_TEST_CASE(a_key_that_is_too_frequent_is_dropped) {
  auto options = small(6);
  options.max_support = 3;
  feeder f(options);
  f.miss({1, 1, 1, 1});  // the fourth is one too many
  f.miss({2, 3, 2, 3});
  f.miss({4, 4});
  f.check_proposals(1, {});
  f.check_proposals(2, {3});
}

BOOST_AUTO_TEST_CASE(a_full_recording_table_forgets_the_oldest) {
  auto options = small();
  options.recording_rows = 8;
  feeder f(options);
  f.miss({1, 2});
  f.pass_time(20);
  f.miss({1, 2});
  f.check_proposals(1, {});
}

BOOST_AUTO_TEST_CASE(a_full_prefetch_table_replaces_its_oldest_row) {
  auto options = small();
  options.prefetch_rows = 1;
  feeder f(options);
  f.miss({1, 2});
  f.miss({1, 2});
  f.check_proposals(1, {2});
  f.miss({3, 4});
  f.miss({3, 4});
  f.check_proposals(1, {});
  f.check_proposals(3, {4});
}

BOOST_AUTO_TEST_CASE(an_unused_prefetch_is_spared_once) {
  feeder f(small());
  std::vector<key_id> accesses{1, 2, 5, 6, 7, 1, 2, 5, 6, 7};  // two keys are mature at the seventh access
  accesses.insert(accesses.end(), {1, 8, 9, 10, 2});  // 2 is brought with 1, spared once, then demanded
  mithril prefetching(100, small());
  const auto result = simulate_lru(accesses, 100, 3, &prefetching);
  BOOST_CHECK_EQUAL(result.prefetches, 1u);
  BOOST_CHECK_EQUAL(result.useful_prefetches, 1u);
  BOOST_CHECK_EQUAL(result.hits, 1u);
}

BOOST_AUTO_TEST_SUITE_END()
