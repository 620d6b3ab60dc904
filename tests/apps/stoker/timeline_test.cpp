#include "apps/stoker/timeline.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(timeline_test)

namespace {

using namespace stoker;
using stoker::cli::place_in_time;

constexpr double now_seconds = 1'800'000'000;
const time_point now{std::chrono::seconds{1'800'000'000}};

trace with_times(std::vector<double> times, std::string key) {
  trace made;
  made.keys = {std::move(key)};
  made.accesses.assign(times.size(), 0);
  made.times = std::move(times);
  return made;
}

void check_times(const trace& t, const std::vector<double>& expected) {
  BOOST_TEST(t.times == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_CASE(absolute_times_stay_and_traces_are_put_in_order) {
  std::vector<trace> traces{with_times({1.7e9, 1.7e9 + 5}, "newer"), with_times({1.6e9}, "older")};
  place_in_time(traces, now, 100);
  BOOST_TEST(traces[0].keys[0] == "older");
  check_times(traces[1], {1.7e9, 1.7e9 + 5});
}

BOOST_AUTO_TEST_CASE(relative_times_follow_one_another_and_end_now) {
  std::vector<trace> traces{with_times({0, 10}, "first"), with_times({5, 9}, "second")};
  place_in_time(traces, now, 1);
  check_times(traces[1], {now_seconds - 4, now_seconds});
  check_times(traces[0], {now_seconds - 15, now_seconds - 5});
}

BOOST_AUTO_TEST_CASE(accesses_without_times_come_at_the_given_rate) {
  auto made = with_times({0, 0, 0}, "k");
  made.times.clear();
  std::vector<trace> traces{made};
  place_in_time(traces, now, 2);
  check_times(traces[0], {now_seconds - 1, now_seconds - 0.5, now_seconds});
}

BOOST_AUTO_TEST_CASE(times_never_run_backwards) {
  std::vector<trace> traces{with_times({1.7e9, 1.7e9 - 3, 1.7e9 + 1}, "k")};
  place_in_time(traces, now, 100);
  check_times(traces[0], {1.7e9, 1.7e9, 1.7e9 + 1});
}

BOOST_AUTO_TEST_SUITE_END()
