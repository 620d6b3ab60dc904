#include "messages/performance.hpp"

#include <boost/test/unit_test.hpp>

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(performance)

namespace {

warm_report run(std::uint64_t warmed, std::uint64_t used, duration average, duration fastest,
                duration slowest) {
  warm_report made;
  made.warmed = warmed;
  made.used = used;
  made.wasted = warmed - used;
  made.loads = warmed;
  made.total_load = average * static_cast<duration::rep>(warmed);
  made.fastest_load = fastest;
  made.slowest_load = slowest;
  made.slow_loads.push_back({"slowest of " + std::to_string(warmed), slowest});
  return made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_known_without_a_run) {
  const warming_performance none;
  BOOST_TEST(none.efficiency() == -1);
  BOOST_TEST(none.accuracy() == -1);
  BOOST_CHECK(none.average_load() == 0s);
  BOOST_TEST(none.warnings().empty());
}

BOOST_AUTO_TEST_CASE(runs_are_taken_together) {
  warming_performance total;
  total.add(warm_report{});  // everything was fresh: no load
  total.add(run(100, 95, 10ms, 5ms, 40ms));
  total.add(run(300, 285, 50ms, 2ms, 90ms));
  BOOST_TEST(total.runs == 3u);
  BOOST_TEST(total.warmed == 400u);
  BOOST_TEST(total.loads == 400u);
  BOOST_CHECK(total.average_load() == 40ms);
  BOOST_CHECK(total.fastest_load == 2ms);
  BOOST_CHECK(total.slowest_load == 90ms);
  BOOST_TEST(total.efficiency() == 0.95);
  BOOST_TEST(efficiency_grade(total.efficiency()) == "excellent");
  BOOST_TEST(total.slow_loads.at(0).key == "slowest of 300");
  BOOST_TEST(total.warnings().empty());
}

BOOST_AUTO_TEST_CASE(what_is_below_its_threshold_is_warned_of) {
  warming_performance total;
  total.add(run(100, 60, 101ms, 1ms, 900ms));
  const auto warnings = total.warnings();
  BOOST_REQUIRE(warnings.size() == 3u);
  BOOST_TEST(warnings[0] == "a load took 101 ms on average, above 100 ms; see slow_loads");
  BOOST_TEST(warnings[1] == "60 % of what was warmed was used, below 70 %");
  BOOST_TEST(warnings[2] == "efficiency is 60 %, below 80 %");
}

BOOST_AUTO_TEST_CASE(failures_count_against_efficiency_and_not_against_accuracy) {
  warming_performance total;
  auto failing = run(50, 50, 1ms, 1ms, 1ms);
  failing.failed = 50;
  total.add(failing);
  BOOST_TEST(total.accuracy() == 1);
  BOOST_TEST(total.efficiency() == 0.5);
}

BOOST_AUTO_TEST_CASE(only_the_slowest_loads_are_kept) {
  warming_performance total;
  for (int i = 1; i <= 50; ++i) total.add(run(1, 1, 1ms, 1ms, std::chrono::milliseconds{i}));
  BOOST_TEST(total.slow_loads.size() == max_slow_loads);
  BOOST_CHECK(total.slow_loads.front().took == 50ms);
}

BOOST_AUTO_TEST_SUITE_END()
