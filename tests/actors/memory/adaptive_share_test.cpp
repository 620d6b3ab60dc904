#include "actors/memory/adaptive_share.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/memory/budget.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(adaptive_share_suite)

BOOST_AUTO_TEST_CASE(starts_balanced_and_grows_while_what_is_warmed_is_used) {
  adaptive_share tested;
  BOOST_TEST(tested.value() == policy_share(memory_policy::balanced));
  tested.run_over(-1);  // not known
  tested.run_over(0.7);
  BOOST_TEST(tested.value() == 0.6);
  for (int i = 0; i < 10; ++i) tested.run_over(0.9);
  BOOST_TEST(tested.value() == policy_share(memory_policy::aggressive));
}

BOOST_AUTO_TEST_CASE(shrinks_when_little_is_used_but_never_below_the_conservative_share) {
  adaptive_share tested;
  tested.run_over(0.3);
  BOOST_TEST(tested.value() == 0.45, boost::test_tools::tolerance(1e-9));
  for (int i = 0; i < 20; ++i) tested.run_over(0);
  BOOST_TEST(tested.value() == policy_share(memory_policy::conservative));
}

BOOST_AUTO_TEST_CASE(rising_pressure_takes_at_once_what_runs_give_back_slowly) {
  adaptive_share tested;
  tested.pressure(pressure_level::high);
  BOOST_TEST(tested.value() == 0.45, boost::test_tools::tolerance(1e-9));
  tested.pressure(pressure_level::high);  // no change
  tested.run_over(1);                     // no growth while pressure is high
  BOOST_TEST(tested.value() == 0.45, boost::test_tools::tolerance(1e-9));
  tested.pressure(pressure_level::critical);
  BOOST_TEST(tested.value() == adaptive_share::least);
  tested.pressure(pressure_level::low);
  BOOST_TEST(tested.value() == adaptive_share::least);
  tested.run_over(1);
  BOOST_TEST(tested.value() == 0.25, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(leases_follow_the_share) {
  constexpr std::uint64_t mib = 1 << 20;
  memory_report memory;
  memory.reading.available_bytes = 1000 * mib;
  lease_book book{0, std::chrono::minutes{1}};
  book.pressure(memory);
  const auto granted = [&] {
    const auto given = book.grant({"pages", 1000 * mib, memory_policy::adaptive, 0}, {});
    book.give_back(given.id);
    return given.bytes / mib;
  };
  BOOST_TEST(granted() == 600u);
  for (int i = 0; i < 10; ++i) book.run_over(1);
  BOOST_TEST(granted() == 800u);
  book.run_over(0.1);
  BOOST_TEST(granted() == 600u);
  BOOST_TEST(book.status().adaptive_share == 0.6, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(book.grant({"pages", 1000 * mib, memory_policy::balanced, 0}, {}).bytes == 600 * mib);
}

BOOST_AUTO_TEST_CASE(every_policy_has_terms_of_its_own) {
  BOOST_TEST(terms_of(memory_policy::priority).top_class_only);
  BOOST_TEST(!terms_of(memory_policy::balanced).top_class_only);
  BOOST_TEST(terms_of(memory_policy::conservative).least_priority == 10);
  BOOST_TEST(terms_of(memory_policy::conservative).floor > terms_of(memory_policy::balanced).floor);
  BOOST_TEST(terms_of(memory_policy::aggressive).dependency_depth >
             terms_of(memory_policy::conservative).dependency_depth);
  BOOST_TEST(terms_of(memory_policy::conservative).threshold_shift <
             terms_of(memory_policy::aggressive).threshold_shift);
}

BOOST_AUTO_TEST_SUITE_END()
