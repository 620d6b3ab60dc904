#include "actors/warming/run_log.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(run_log_suite)

namespace {

using namespace stoker;

warm_report report(std::uint64_t run) {
  warm_report result;
  result.run = run;
  return result;
}

access_batch requests(std::size_t hits, std::size_t misses) {
  access_batch batch;
  batch.records.resize(hits + misses);
  for (std::size_t i = 0; i < hits; ++i) batch.records[i].outcome = access_outcome::hit;
  return batch;
}

BOOST_AUTO_TEST_CASE(measures_the_hit_ratio_over_the_window_that_follows_a_run) {
  run_log tested{{.window_requests = 100}};
  BOOST_TEST(tested.recent_hit_ratio() < 0);
  tested.observe(requests(20, 80));
  BOOST_TEST(tested.recent_hit_ratio() == 0.2);
  tested.add(report(1), {"a"});
  tested.observe(requests(50, 10));
  BOOST_TEST(tested.find(1)->hit_ratio_after < 0);  // the window is not over
  tested.observe(requests(40, 0));
  BOOST_TEST(tested.find(1)->hit_ratio_after == 0.9);
  tested.observe(requests(0, 500));
  BOOST_TEST(tested.find(1)->hit_ratio_after == 0.9);
}

BOOST_AUTO_TEST_CASE(a_key_belongs_to_the_latest_run_that_put_it_there) {
  run_log tested{{}};
  tested.add(report(1), {"a", "b", "c"});
  tested.add(report(2), {"b"});
  tested.put_again("c");
  BOOST_TEST(tested.take_keys(1).value() == std::vector<std::string>{"a"}, boost::test_tools::per_element());
  BOOST_TEST(tested.take_keys(2).value() == std::vector<std::string>{"b"}, boost::test_tools::per_element());
  BOOST_TEST(!tested.take_keys(1));  // taken
  BOOST_TEST(!tested.take_keys(7));
}

BOOST_AUTO_TEST_CASE(keeps_the_latest_reports_and_keys_only) {
  run_log tested{{.reports = 3, .keys = 5}};
  for (std::uint64_t run = 1; run <= 4; ++run) tested.add(report(run), {"x" + std::to_string(run), "y"});
  BOOST_TEST(tested.find(1) == nullptr);
  BOOST_TEST(tested.find(0)->run == 4u);
  BOOST_TEST(!tested.take_keys(1));
  BOOST_TEST(!tested.take_keys(2));  // 8 keys in all, of which 5 may be kept
  BOOST_TEST(tested.take_keys(4)->size() == 2u);
  // A large run can be undone as long as it is the latest.
  tested.add(report(5), {"a", "b", "c", "d", "e", "f"});
  tested.add(report(6), {"g"});
  BOOST_TEST(!tested.take_keys(5));
  tested.add(report(7), {"a", "b", "c", "d", "e", "f"});
  BOOST_TEST(tested.take_keys(7)->size() == 6u);
}

BOOST_AUTO_TEST_CASE(samples_are_no_requests) {
  run_log tested{{.window_requests = 10}};
  auto batch = requests(5, 5);
  batch.records.resize(1000);
  for (std::size_t i = 10; i < batch.records.size(); ++i) batch.records[i].outcome = access_outcome::sampled;
  tested.observe(batch);
  BOOST_TEST(tested.recent_hit_ratio() == 0.5);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
