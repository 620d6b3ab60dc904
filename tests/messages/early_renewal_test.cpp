#include "messages/early_renewal.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(early_renewal_suite)

// Vattani et al., section 4: the chance of a renewal with x left is exp(-x / (beta delta)).
BOOST_AUTO_TEST_CASE(an_early_renewal_is_as_likely_as_the_paper_says) {
  const auto chance = [](duration left, duration cost, double beta) {
    int renewed = 0;
    for (int i = 0; i < 10'000; ++i) renewed += renews_early(left, cost, beta, i / 10'000.0);
    return renewed / 10'000.0;
  };
  BOOST_TEST(chance(1s, 1s, 1) == 0.3679, boost::test_tools::tolerance(0.01));
  BOOST_TEST(chance(2s, 1s, 1) == 0.1353, boost::test_tools::tolerance(0.01));
  BOOST_TEST(chance(2s, 1s, 2) == 0.3679, boost::test_tools::tolerance(0.01));
  BOOST_TEST(chance(1s, 1s, 0) == 0);
  BOOST_TEST(chance(1s, 0s, 1) == 0);
}

BOOST_AUTO_TEST_CASE(what_may_not_be_renewed_never_is) {
  const auto likeliest = 1 - std::numeric_limits<double>::epsilon() / 2;  // the largest double below 1
  for (auto left = 1s; left < 100s; left += 1s)
    BOOST_TEST((may_renew_early(left, 1s, 1) || !renews_early(left, 1s, 1, likeliest)));
  BOOST_TEST(may_renew_early(36s, 1s, 1));
  BOOST_TEST(!may_renew_early(38s, 1s, 1));
  BOOST_TEST(!may_renew_early(1s, 1s, 0));
}

BOOST_AUTO_TEST_SUITE_END()
