#include "actors/warming/proof.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

BOOST_AUTO_TEST_SUITE(proof)

namespace {

using namespace stoker;

// The example of Newcombe 1998, table II, method 10: 56/70 - 48/80 gives 0.0524 to 0.3339.
BOOST_AUTO_TEST_CASE(the_interval_of_a_difference_is_that_of_the_paper) {
  const auto range = lift_interval({70, 56, 80, 48});
  BOOST_TEST(range.low == 0.0524, boost::test_tools::tolerance(1e-3));
  BOOST_TEST(range.high == 0.3339, boost::test_tools::tolerance(1e-3));
  // Its extreme example: 10/10 - 0/20 gives 0.6791 to 1.
  const auto extreme = lift_interval({10, 10, 20, 0});
  BOOST_TEST(extreme.low == 0.6791, boost::test_tools::tolerance(1e-3));
  BOOST_TEST(extreme.high == 1);
}

BOOST_AUTO_TEST_CASE(the_interval_of_a_share_is_that_of_wilson) {
  const auto range = wilson_interval(81, 263);  // Newcombe 1998, Statistics in Medicine 17:857, table I
  BOOST_TEST(range.low == 0.2553, boost::test_tools::tolerance(1e-3));
  BOOST_TEST(range.high == 0.3662, boost::test_tools::tolerance(1e-3));
  BOOST_TEST(wilson_interval(0, 20).low == 0);
  BOOST_TEST(wilson_interval(20, 20).high == 1);
  BOOST_TEST(wilson_interval(0, 0).low == 0);
  BOOST_TEST(wilson_interval(0, 0).high == 1);
}

// The interval covers the truth about as often as it says, also where shares are small.
BOOST_AUTO_TEST_CASE(the_interval_covers_the_truth_as_often_as_it_says) {
  std::mt19937 random{7};
  const double p1 = 0.05;
  const double p2 = 0.03;
  int covered = 0;
  for (int turn = 0; turn < 2000; ++turn) {
    trial_counts counts{2000, 0, 400, 0};
    counts.warmed_hits = std::binomial_distribution<std::uint64_t>{counts.warmed, p1}(random);
    counts.control_hits = std::binomial_distribution<std::uint64_t>{counts.controls, p2}(random);
    const auto range = lift_interval(counts);
    covered += range.low <= p1 - p2 && p1 - p2 <= range.high ? 1 : 0;
  }
  BOOST_TEST(covered >= 1860);  // 93 %
  BOOST_TEST(covered <= 1960);  // 98 %
}

BOOST_AUTO_TEST_CASE(without_one_of_the_groups_there_is_no_lift) {
  BOOST_TEST(lift_of({100, 50, 0, 0}) == 0);
  BOOST_TEST(lift_of({0, 0, 100, 50}) == 0);
  const auto range = lift_interval({0, 0, 0, 0});
  BOOST_TEST(range.low <= -0.99);
  BOOST_TEST(range.high >= 0.99);
}

// Feeds what a strategy with these chances of a hit would see, 49 warmed to one held out; stops when it
// changes its standing, and returns the controls it took.
std::uint64_t feed(strategy_evidence& evidence, double p_warmed, double p_control,
                   std::uint64_t most_controls, std::mt19937& random, int warmed_per_control = 49) {
  std::bernoulli_distribution warmed{p_warmed};
  std::bernoulli_distribution control{p_control};
  const auto before = evidence.standing();
  for (std::uint64_t n = 1; n <= most_controls; ++n) {
    for (int i = 0; i < warmed_per_control; ++i) evidence.warmed(warmed(random));
    evidence.control(control(random));
    if (evidence.standing() != before) return n;
  }
  return most_controls + 1;
}

BOOST_AUTO_TEST_CASE(a_strategy_that_helps_is_soon_proven) {
  std::mt19937 random{1};
  strategy_evidence evidence;
  BOOST_TEST((evidence.standing() == strategy_standing::unproven));
  BOOST_TEST(feed(evidence, 0.3, 0.02, 400, random) <= 60u);
  BOOST_TEST((evidence.standing() == strategy_standing::proven));
  BOOST_TEST(evidence.because().find("lift") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(below_400_controls_nothing_is_throttled) {
  std::mt19937 random{2};
  strategy_evidence evidence;
  BOOST_TEST(feed(evidence, 0, 0, 1000, random) == least_controls);
  BOOST_TEST((evidence.standing() == strategy_standing::throttled));
  BOOST_TEST(evidence.because().find("below 1 point") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_lift_that_may_reach_a_point_is_never_throttled) {
  std::mt19937 random{3};
  for (int turn = 0; turn < 20; ++turn) {
    strategy_evidence evidence;
    for (int n = 0; n < 4000; ++n) {
      feed(evidence, 0.06, 0.03, 1, random);
      BOOST_REQUIRE((evidence.standing() != strategy_standing::throttled));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_hits_anyway_is_throttled_once_the_interval_is_narrow) {
  std::mt19937 random{4};
  strategy_evidence evidence;
  std::uint64_t controls = 0;
  while (evidence.standing() != strategy_standing::throttled && controls < 12'000) {
    feed(evidence, 0.5, 0.5, 1, random);
    ++controls;
  }
  BOOST_TEST(controls >= 4000u);
  BOOST_TEST((evidence.standing() == strategy_standing::throttled));
}

BOOST_AUTO_TEST_CASE(a_throttled_strategy_comes_back_when_it_helps_again_and_not_before) {
  std::mt19937 random{5};
  strategy_evidence evidence;
  feed(evidence, 0, 0, 1000, random);
  BOOST_REQUIRE((evidence.standing() == strategy_standing::throttled));
  // A trickle as large as the hold-out: one warmed to each control.
  BOOST_TEST(feed(evidence, 0, 0, 5000, random, 1) == 5001u);
  BOOST_TEST(feed(evidence, 0.3, 0.01, 5000, random, 1) <= 400u);
  BOOST_TEST((evidence.standing() == strategy_standing::proven));
  BOOST_TEST(evidence.because().find("helps again") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_good_past_does_not_protect_a_strategy_that_turned_useless) {
  std::mt19937 random{6};
  strategy_evidence evidence;
  for (int n = 0; n < 8000; ++n) feed(evidence, 0.3, 0.02, 1, random);
  BOOST_REQUIRE((evidence.standing() == strategy_standing::proven));
  std::uint64_t controls = 0;
  while (evidence.standing() != strategy_standing::throttled && controls < 5000) {
    feed(evidence, 0, 0, 1, random);
    ++controls;
  }
  BOOST_TEST(controls <= 2 * least_controls);
}

BOOST_AUTO_TEST_CASE(evidence_survives_a_restart) {
  std::mt19937 random{8};
  strategy_evidence before;
  for (int n = 0; n < 100; ++n) feed(before, 0.3, 0.02, 1, random);
  strategy_evidence after;
  after.restore(before.standing(), before.counts(), before.because());
  BOOST_TEST((after.standing() == strategy_standing::proven));
  BOOST_TEST(after.counts().warmed == before.counts().warmed);
  feed(after, 0.3, 0.02, 1, random);
  BOOST_TEST((after.standing() == strategy_standing::proven));
  BOOST_TEST(after.counts().controls == before.counts().controls + 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
