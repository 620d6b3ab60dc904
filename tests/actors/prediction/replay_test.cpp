#include "apps/replay/replay.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "tests/actors/prediction/traces.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(replaying_traces)

namespace {

replay_options options_for(std::uint64_t entries) {
  replay_options options;
  options.eviction_policy = eviction::learned;
  options.cache_entries = entries;
  options.opaque_keys = true;
  return options;
}

bool same(const replay_result& a, const replay_result& b) {
  return a.hits == b.hits && a.prefetches == b.prefetches && a.useful_prefetches == b.useful_prefetches &&
         a.metadata_bytes == b.metadata_bytes;
}

double hit_percent(const trace& recorded, std::uint64_t entries) {
  return 100 * replay(recorded, options_for(entries)).hit_ratio();
}

}  // namespace

BOOST_AUTO_TEST_CASE(without_prediction_lru_is_the_baseline_itself) {
  const auto recorded = testing::random_trace(500, 20'000);
  auto options = options_for(100);
  options.eviction_policy = eviction::lru;
  options.predictor = predictor_kind::none;
  const auto result = replay(recorded, options);
  BOOST_TEST(result.misses == result.baseline_misses);
  BOOST_TEST(result.origin_load() == 1.0);
  BOOST_TEST(result.prefetches == 0u);
}

BOOST_AUTO_TEST_CASE(the_same_trace_gives_the_same_result) {
  const auto recorded = testing::session_trace(10, 50, 30'000, true);
  for (const std::uint32_t delay : {0U, 10U}) {
    auto options = options_for(60);
    options.delay = delay;
    BOOST_TEST(same(replay(recorded, options), replay(recorded, options)));
  }
}

BOOST_AUTO_TEST_CASE(a_loop_is_hidden_even_when_prefetches_take_long) {
  const auto recorded = testing::loop_trace(2000, 40'000);
  for (const std::uint32_t delay : {0U, 10U, 100U}) {
    auto options = options_for(400);
    options.delay = delay;
    const auto result = replay(recorded, options);
    BOOST_TEST_CONTEXT("delay " << delay) {
      BOOST_TEST(result.hit_ratio() > 0.6);
      BOOST_TEST(result.hidden_latency > 0.6);
      BOOST_TEST(result.origin_load() < 1.35);
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_where_nothing_can_be_learned) {
  const auto recorded = testing::random_trace(2000, 60'000);
  const auto result = replay(recorded, options_for(200));
  auto plain = options_for(200);
  plain.predictor = predictor_kind::none;
  BOOST_TEST(result.hit_ratio() > replay(recorded, plain).hit_ratio() - 0.002);
  BOOST_TEST(result.origin_load() < 1.05);
}

BOOST_AUTO_TEST_CASE(order_among_numbers_is_used_only_when_keys_are_not_opaque) {
  auto recorded = trace{};
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    recorded.keys.push_back("block:" + std::to_string(8 * i));
    recorded.accesses.push_back(i);
  }
  auto options = options_for(500);
  BOOST_TEST(replay(recorded, options).hits == 0u);
  options.opaque_keys = false;
  BOOST_TEST(replay(recorded, options).hit_ratio() > 0.8);
}

BOOST_AUTO_TEST_CASE(a_model_restored_from_history_leaves_no_dip) {
  const auto recorded = testing::session_trace(20, 40, 60'000, true);
  auto options = options_for(80);
  options.restart_at = 30'000;
  options.restore = restore_from::history;
  const auto restored = replay(recorded, options);
  BOOST_TEST(restored.hit_ratio_after_restart > restored.twin_hit_ratio_after_restart - 0.005);
  BOOST_TEST(restored.requests_to_warm.has_value());
  options.restore = restore_from::none;
  const auto cold = replay(recorded, options);
  BOOST_TEST(cold.hit_ratio_after_restart < restored.hit_ratio_after_restart);
}

BOOST_AUTO_TEST_CASE(a_restored_snapshot_costs_at_most_a_call_an_entry) {
  const auto recorded = testing::random_trace(300, 20'000);
  auto options = options_for(100);
  options.predictor = predictor_kind::none;
  options.restart_at = 10'000;
  options.restore = restore_from::snapshot;
  const auto result = replay(recorded, options);
  BOOST_TEST(result.requests_to_warm.has_value());
  BOOST_TEST(result.prefetches == 100u);
}

struct golden {
  const char* trace;
  std::uint64_t entries;
  double hit_percent;
};

// What the shipped settings reach, keys opaque. A drop of more than 0.3 points is a loss of quality.
BOOST_AUTO_TEST_CASE(shared_traces_reach_their_golden_figures) {
  static constexpr golden figures[] = {
      {"cloudphysics.csv.zst", 2448, 50.67}, {"arc_oltp.txt.zst", 9344, 66.36},
      {"c2k_web07.txt.zst", 1024, 54.85},    {"lirs_sprite.txt.zst", 353, 89.09},
      {"lirs_multi2.txt.zst", 284, 76.55},   {"c2k_orm_night.txt.zst", 4323, 97.42},
  };
  for (const auto& [name, entries, wanted] : figures) {
    const auto recorded = testing::shared_trace(name);
    if (!recorded) continue;
    BOOST_TEST_CONTEXT(name << " with " << entries << " entries")
    BOOST_TEST(hit_percent(*recorded, entries) > wanted - 0.3);
  }
}

BOOST_AUTO_TEST_CASE(plain_lru_on_the_oltp_trace_is_as_published) {
  const auto recorded = testing::shared_trace("arc_oltp.txt.zst");
  if (!recorded) return;
  auto options = options_for(1000);
  options.eviction_policy = eviction::lru;
  options.predictor = predictor_kind::none;
  BOOST_TEST(std::abs(100 * replay(*recorded, options).hit_ratio() - 32.83) < 0.01);
}

BOOST_AUTO_TEST_SUITE_END()
