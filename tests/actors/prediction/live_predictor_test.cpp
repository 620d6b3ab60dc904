#include "actors/prediction/live_predictor.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/key.hpp"

using namespace stoker;

namespace {

predictor_config small() {
  predictor_config config;
  config.cache_entries = 10;
  config.opaque_keys = true;
  return config;
}

// One user's accesses, each a miss, as a collector would send them.
access_batch misses(const std::vector<std::string>& keys) {
  access_batch batch;
  batch.cache = "pages";
  for (const auto& key : keys) {
    access_record record;
    record.stamp = batch.records.size() + 1;
    record.hash = hash_key(key);
    record.stream = 1;
    record.key_offset = static_cast<std::uint32_t>(batch.bytes.size());
    record.key_size = static_cast<std::uint32_t>(key.size());
    record.cost_us = 500;
    batch.bytes += key;
    batch.records.push_back(record);
  }
  return batch;
}

std::string key(int number) {
  return "page/" + std::string(1, static_cast<char>('a' + number));
}

// A cycle of keys that a cache of ten can't hold: each entry has left before it is demanded again.
struct cycle {
  live_predictor predictor{small()};
  std::vector<prefetch_item> proposed;

  void learn(int rounds) {
    for (int round = 0; round < rounds; ++round)
      for (int number = 0; number < 25; ++number) {
        predictor.learn(misses({key(number)}), proposed);
        predictor.departed(hash_key(key(number)), true);
        for (const auto& item : proposed) BOOST_TEST(item.key.starts_with("page/"));
      }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(live_predictors)

BOOST_FIXTURE_TEST_CASE(explains_what_follows_a_key_by_name_source_and_cost, cycle) {
  learn(40);
  const auto answer = predictor.explain({"pages", {key(3)}, 20, 0});
  BOOST_REQUIRE(!answer.candidates.empty());
  const auto& best = answer.candidates.front();
  BOOST_TEST(best.source_key == key(3));
  BOOST_TEST(best.observations > 10u);
  BOOST_TEST(best.model == "successor");
  BOOST_TEST(best.cost_us == 500u);
  BOOST_TEST(predictor.explain({"pages", {key(3)}, 1, 0}).candidates.size() == 1u);
  BOOST_TEST(predictor.explain({"pages", {key(3)}, 20, 1.1}).candidates.empty());
  BOOST_TEST(predictor.explain({"pages", {"never seen"}, 20, 0}).candidates.empty());
}

BOOST_FIXTURE_TEST_CASE(counts_what_it_saw, cycle) {
  learn(4);
  predictor_status status;
  predictor.describe(status);
  BOOST_TEST(status.accesses == 100u);
  BOOST_TEST(status.keys == 25u);
  BOOST_TEST(predictor.accesses() == 100u);
}

BOOST_FIXTURE_TEST_CASE(knows_the_same_after_it_was_saved_and_restored, cycle) {
  learn(40);
  live_predictor restored{small()};
  BOOST_TEST(restored.restore(predictor.save()));
  const auto before = predictor.explain({"pages", {key(3)}, 20, 0});
  const auto after = restored.explain({"pages", {key(3)}, 20, 0});
  BOOST_REQUIRE(after.candidates.size() == before.candidates.size());
  BOOST_TEST(after.candidates.front().observations == before.candidates.front().observations);
  restored.departed(hash_key(key(3)), false);  // known by its hash again
  std::vector<prefetch_item> items;
  restored.learn(misses({key(3)}), items);
}

BOOST_FIXTURE_TEST_CASE(strangers_among_outcomes_do_no_harm, cycle) {
  learn(1);
  predictor.arrived("never seen");
  predictor.rejected("never seen", true);
  predictor.departed(12345, false);
  predictor.lost_track();
  predictor.holds(5);
  learn(1);
  BOOST_TEST(predictor.accesses() == 50u);
}

BOOST_AUTO_TEST_CASE(the_delay_is_the_smoothed_time_from_issue_to_arrival) {
  delay_meter meter;
  BOOST_TEST(meter.requests() == 0u);
  meter.issued(1, 100);
  meter.issued(2, 100);
  meter.rejected(2);
  meter.arrived(2, 500);
  BOOST_TEST(meter.requests() == 0u);
  meter.arrived(1, 120);
  BOOST_TEST(meter.requests() == 20u);
  for (key_id id = 10; id < 1000; ++id) {
    meter.issued(id, 0);
    meter.arrived(id, 50);
  }
  BOOST_TEST(meter.requests() == 50u);
}

BOOST_AUTO_TEST_SUITE_END()
