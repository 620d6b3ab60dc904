#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <deque>

#include "actors/prediction/load_controller.hpp"
#include "actors/prediction/shadow_lru.hpp"
#include "tests/actors/prediction/traces.hpp"

using namespace stoker;
using namespace stoker::learning;

BOOST_AUTO_TEST_SUITE(shadow_directory)

BOOST_AUTO_TEST_CASE(hits_what_a_list_in_order_of_recency_would_hit) {
  shadow_lru lru(50);
  std::deque<std::uint32_t> model;
  testing::dice draw(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto key = std::min(draw(120), draw(120));
    const auto found = std::find(model.begin(), model.end(), key);
    BOOST_REQUIRE_EQUAL(lru.demand(key), found != model.end());
    if (found != model.end()) model.erase(found);
    model.push_front(key);
    if (model.size() > 50) model.pop_back();
  }
}

BOOST_AUTO_TEST_CASE(a_sampled_directory_has_nearly_the_miss_ratio_of_the_whole) {
  const std::uint32_t entries = 4 * shadow_lru::most_entries;
  shadow_lru lru(entries);
  testing::dice draw(2);
  double sampled = 0;
  double hits = 0;
  for (int i = 0; i < 4'000'000; ++i) {
    const auto key = draw(2 * entries);
    if (!lru.samples(key)) continue;
    ++sampled;
    if (lru.demand(key) && i > 2'000'000) ++hits;
  }
  BOOST_TEST(hits / (sampled / 2) == 0.5, boost::test_tools::tolerance(0.05));
}

BOOST_AUTO_TEST_CASE(a_cache_over_its_limit_has_to_be_surer) {
  load_controller controller(operating_point::balanced, 100);
  testing::dice draw(4);
  for (int i = 0; i < 5000; ++i) controller.demanded(draw(1000), true);
  const float before = controller.threshold_logit();
  for (int i = 0; i < 100'000; ++i) {
    controller.demanded(draw(1000), true);
    controller.prefetched(draw(1000));
  }
  BOOST_TEST(controller.recent_load() > 1.5);
  BOOST_TEST(controller.threshold_logit() > before + 0.5F);
}

BOOST_AUTO_TEST_CASE(the_price_of_load_rises_as_the_baseline_misses_less) {
  load_controller often(operating_point::balanced, 10);
  load_controller seldom(operating_point::balanced, 10);
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    often.demanded(i, true);
    seldom.demanded(i % 5, i < 5);
  }
  BOOST_TEST(seldom.threshold_logit() > often.threshold_logit());
}

BOOST_AUTO_TEST_SUITE_END()
