#include "actors/prediction/live_predictor.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/prediction/costs.hpp"
#include "messages/key.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(live_predictors)

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

BOOST_FIXTURE_TEST_CASE(names_keys_it_has_never_seen, cycle) {
  learn(1);
  const auto answer = predictor.explain({"pages", {key(3), "never seen"}, 20, 0});
  BOOST_TEST(answer.unknown == std::vector<std::string>{"never seen"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(doubts_a_departure_that_was_told_before_a_demand, cycle) {
  learn(2);
  BOOST_TEST(!predictor.doubtful().empty());  // every key had left before it was demanded again
  predictor.learn(misses({"fresh"}), proposed);
  BOOST_TEST(predictor.doubtful().empty());
  predictor.learn(misses({key(3), "fresh", key(3)}), proposed);
  BOOST_TEST(predictor.doubtful() == std::vector<std::string>{key(3)}, boost::test_tools::per_element());
  predictor.learn(misses({key(3)}), proposed);
  BOOST_TEST(predictor.doubtful().empty());
}

BOOST_AUTO_TEST_CASE(observing_it_proposes_nothing_and_tells_what_it_would_have_gained) {
  cycle observed{live_predictor{small(), true}, {}};
  observed.learn(60);
  BOOST_TEST(observed.proposed.empty());
  predictor_status status;
  observed.predictor.describe(status);
  BOOST_TEST(status.observing);
  BOOST_TEST(status.shadow_hits > 500u);
  BOOST_TEST(status.shadow_hits <= status.accesses);
  BOOST_TEST(status.shadow_hits <= status.proposed);
  BOOST_TEST(status.shadow_load >= 1.0);
  BOOST_TEST(status.shadow_gain == static_cast<double>(status.shadow_hits) / status.accesses);
  BOOST_TEST_REQUIRE(status.sources.size() >= 1u);
  BOOST_TEST(status.sources.front().source == "successor");
  BOOST_TEST(status.sources.front().used == status.shadow_hits);
}

BOOST_AUTO_TEST_CASE(costs_are_each_keys_own_else_the_mean) {
  predictions answer;
  answer.candidates = {{"a"}, {"b"}, {"c"}};
  answer.candidates[2].cost_us = 7;
  known_costs none;
  none.add("a", 0);
  none.put_into(answer);
  BOOST_TEST(answer.candidates[0].cost_us == 0u);
  known_costs costs;
  costs.add("a", 100);
  costs.add("a", 100);
  costs.add("elsewhere", 300);
  costs.put_into(answer);
  BOOST_TEST(answer.candidates[0].cost_us == 100u);
  BOOST_TEST(answer.candidates[1].cost_us == 200u);
  BOOST_TEST(answer.candidates[2].cost_us == 7u);
}

BOOST_AUTO_TEST_CASE(the_delay_is_the_smoothed_time_from_issue_to_arrival) {
  delay_meter meter;
  BOOST_TEST(meter.requests() == 1u);  // not known yet
  meter.issued(1, 100);
  meter.issued(2, 100);
  meter.rejected(2);
  meter.arrived(2, 500);
  BOOST_TEST(meter.requests() == 1u);
  meter.arrived(1, 120);
  BOOST_TEST(meter.requests() == 21u);  // the first request that can use it
  for (key_id id = 10; id < 1000; ++id) {
    meter.issued(id, 0);
    meter.arrived(id, 50);
  }
  BOOST_TEST(meter.requests() == 51u);
  for (key_id id = 10; id < 1000; ++id) {
    meter.issued(id, 7);
    meter.arrived(id, 7);
  }
  BOOST_TEST(meter.requests() == 0u);
}

BOOST_AUTO_TEST_CASE(samples_teach_no_order) {
  cycle taught;
  for (int round = 0; round < 30; ++round)
    for (int number = 0; number < 25; ++number) {
      auto batch = misses({key(number)});
      batch.records[0].outcome = access_outcome::sampled;
      taught.predictor.learn(batch, taught.proposed);
    }
  BOOST_TEST(taught.proposed.empty());
}

BOOST_AUTO_TEST_SUITE_END()
