#include <boost/test/unit_test.hpp>
#include <set>

#include "actors/prediction/predictor.hpp"
#include "tests/actors/prediction/traces.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(predicting)

namespace {

// A cache that holds the latest `room` keys: enough of a cache to feed a predictor.
class small_cache {
 public:
  small_cache(predictor& p, std::size_t room) : predictor_(p), room_(room) {}

  std::span<const proposal> demand(key_id key, std::uint64_t stream = 0) {
    auto outcome = access_outcome::miss;
    if (const auto at = std::find(held_.begin(), held_.end(), key); at != held_.end()) {
      held_.erase(at);
      outcome = unused_.erase(key) > 0 ? access_outcome::first_use : access_outcome::hit;
    }
    hits += outcome != access_outcome::miss;
    first_uses += outcome == access_outcome::first_use;
    hold(key);
    const auto proposals = predictor_.demanded({key, stream, outcome});
    for (const auto& p : proposals) {
      predictor_.issued(p.key);
      unused_.insert(p.key);
      hold(p.key);
    }
    return proposals;
  }

  std::size_t hits = 0;
  std::size_t first_uses = 0;

 private:
  void hold(key_id key) {
    held_.push_back(key);
    if (held_.size() <= room_) return;
    predictor_.departed(held_.front(), unused_.erase(held_.front()) == 0);
    held_.erase(held_.begin());
  }

  predictor& predictor_;
  std::size_t room_;
  std::vector<key_id> held_;
  std::set<key_id> unused_;
};

std::unique_ptr<predictor> opaque_predictor(std::uint32_t max_keys = 100'000) {
  predictor_config config;
  config.cache_entries = 50;
  config.opaque_keys = true;
  config.max_keys = max_keys;
  return make_predictor(config);
}

void learn_loop(predictor& p, small_cache& cache, std::uint32_t keys, std::uint32_t accesses) {
  for (std::uint32_t i = 0; i < accesses; ++i)
    cache.demand(p.intern("page-" + std::to_string(i % keys) + "-"));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_loop_larger_than_the_cache_is_prefetched_ahead) {
  const auto p = opaque_predictor();
  small_cache cache(*p, 50);
  learn_loop(*p, cache, 200, 4000);
  cache.hits = 0;
  learn_loop(*p, cache, 200, 2000);
  BOOST_TEST(cache.hits > 1800u);
  const auto report = p->report();
  BOOST_TEST(report.precision > 0.8);
  BOOST_TEST(!report.silent);
}

BOOST_AUTO_TEST_CASE(falls_silent_when_there_is_nothing_to_learn) {
  const auto p = opaque_predictor();
  small_cache cache(*p, 50);
  testing::dice draw(8);
  for (int i = 0; i < 60'000; ++i) cache.demand(p->intern("k" + std::to_string(draw(5000)) + "-"));
  const auto report = p->report();
  BOOST_TEST(report.silent);
  BOOST_TEST(!report.silent_because.empty());
  BOOST_TEST(report.origin_load < 1.02);
}

BOOST_AUTO_TEST_CASE(explains_what_follows_a_key_and_how_often_that_was_seen) {
  const auto p = opaque_predictor();
  small_cache cache(*p, 50);
  learn_loop(*p, cache, 200, 4000);
  const auto known = p->names().find("page-10-");
  BOOST_REQUIRE(known.has_value());
  const auto candidates = p->explain(*known);
  BOOST_REQUIRE(!candidates.empty());
  BOOST_TEST(candidates[0].probability > 0.5F);
  BOOST_TEST(candidates[0].observations >= 10u);
  BOOST_TEST(candidates[0].source_key == *known);
}

BOOST_AUTO_TEST_CASE(no_key_is_proposed_that_was_never_seen_and_none_that_is_resident) {
  const auto p = opaque_predictor();
  small_cache cache(*p, 30);
  std::set<key_id> seen;
  testing::dice draw(6);
  for (int i = 0; i < 40'000; ++i) {
    const auto walk = static_cast<std::uint32_t>(i) / 3 % 300;
    const auto key = p->intern("n" + std::to_string(draw(4) == 0 ? draw(300) : walk));
    seen.insert(key);
    for (const auto& proposed : cache.demand(key)) {
      BOOST_REQUIRE(seen.contains(proposed.key));
      BOOST_REQUIRE(proposed.probability > 0 && proposed.probability < 1);
      BOOST_REQUIRE(proposed.key != key);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_number_of_keys_stays_bounded_and_memory_with_it) {
  const auto p = opaque_predictor(1000);
  small_cache cache(*p, 50);
  testing::dice draw(12);
  for (int i = 0; i < 50'000; ++i) cache.demand(p->intern("k" + std::to_string(draw(20'000)) + "-"));
  BOOST_TEST(p->report().keys == 1000u);
  BOOST_TEST(p->memory_bytes() < 1'000'000u);
}

BOOST_AUTO_TEST_CASE(keys_that_helped_survive_a_flood_of_others) {
  const auto p = opaque_predictor(1000);
  small_cache cache(*p, 50);
  learn_loop(*p, cache, 200, 6000);
  for (int i = 0; i < 3000; ++i) cache.demand(p->intern("flood" + std::to_string(i) + "-"));
  std::size_t known = 0;
  for (int i = 0; i < 200; ++i) known += p->names().find("page-" + std::to_string(i) + "-").has_value();
  BOOST_TEST(known > 150u);
}

BOOST_AUTO_TEST_CASE(a_saved_model_goes_on_where_it_stopped) {
  const auto p = opaque_predictor();
  small_cache cache(*p, 50);
  learn_loop(*p, cache, 200, 4000);
  const auto decoded = decode_model(encode_model(p->save()));
  BOOST_REQUIRE(decoded.has_value());
  const auto restored = opaque_predictor();
  BOOST_REQUIRE(restored->restore(*decoded));
  small_cache empty(*restored, 50);
  learn_loop(*restored, empty, 200, 400);
  BOOST_TEST(empty.hits > 300u);
  BOOST_TEST(encode_model(restored->save()) != encode_model(p->save()));
}

BOOST_AUTO_TEST_CASE(saving_what_was_restored_gives_the_same_bytes) {
  const auto p = opaque_predictor();
  small_cache cache(*p, 50);
  learn_loop(*p, cache, 200, 4000);
  const auto bytes = encode_model(p->save());
  const auto restored = opaque_predictor();
  BOOST_REQUIRE(restored->restore(*decode_model(bytes)));
  BOOST_TEST((encode_model(restored->save()) == bytes));
}

BOOST_AUTO_TEST_CASE(a_broken_model_is_refused_and_changes_nothing) {
  const auto p = opaque_predictor();
  small_cache cache(*p, 50);
  learn_loop(*p, cache, 200, 2000);
  const auto bytes = encode_model(p->save());
  testing::dice draw(13);
  for (int i = 0; i < 2000; ++i) {
    auto broken = bytes.substr(0, i % 2 == 0 ? bytes.size() : draw(static_cast<std::uint32_t>(bytes.size())));
    if (broken.empty()) continue;
    broken[draw(static_cast<std::uint32_t>(broken.size()))] ^= static_cast<char>(1 + draw(255));
    if (const auto model = decode_model(broken)) opaque_predictor()->restore(*model);
  }
  auto model = p->save();
  model.weights.pop_back();
  BOOST_TEST(!p->restore(model));
  BOOST_TEST((encode_model(p->save()) == bytes));
}

BOOST_AUTO_TEST_CASE(streams_keep_apart_what_a_mixed_order_scrambles) {
  const auto mixed = opaque_predictor();
  const auto apart = opaque_predictor();
  small_cache one(*mixed, 50);
  small_cache other(*apart, 50);
  const auto recorded = testing::session_trace(20, 40, 40'000, true);
  for (std::size_t i = 0; i < recorded.accesses.size(); ++i) {
    const auto& key = recorded.keys[recorded.accesses[i]];
    one.demand(mixed->intern(key));
    other.demand(apart->intern(key), recorded.subjects[i]);
  }
  BOOST_TEST(other.hits > one.hits + 4000);
}

BOOST_AUTO_TEST_CASE(popular_proposes_what_is_demanded_most_and_none_nothing) {
  for (const auto kind : {predictor_kind::popular, predictor_kind::none}) {
    predictor_config config;
    config.kind = kind;
    config.cache_entries = 20;
    const auto p = make_predictor(config);
    small_cache cache(*p, 20);
    testing::dice draw(14);
    std::size_t proposals = 0;
    for (int i = 0; i < 5000; ++i)
      proposals += cache.demand(p->intern("k" + std::to_string(draw(2) == 0 ? draw(5) : draw(500)))).size();
    BOOST_TEST((proposals > 0) == (kind == predictor_kind::popular));
  }
}

BOOST_AUTO_TEST_CASE(what_others_think_likely_is_calibrated_before_it_is_proposed) {
  const auto p = opaque_predictor();
  small_cache cache(*p, 50);
  testing::dice draw(15);
  std::size_t late_proposals = 0;
  for (int i = 0; i < 40'000; ++i) {
    const auto key = p->intern("k" + std::to_string(draw(5000)) + "-");
    cache.demand(key);
    const auto tip = p->considered(p->intern("never" + std::to_string(draw(50)) + "-"), 0.9F);
    if (tip) p->refused(tip->key, false);
    late_proposals += tip && i > 30'000;
  }
  BOOST_TEST(late_proposals < 100u);  // of 10,000 tips that never came true
}

BOOST_AUTO_TEST_CASE(settings_that_make_no_sense_are_named) {
  predictor_config config;
  config.cache_entries = 0;
  BOOST_CHECK_THROW(make_predictor(config), std::invalid_argument);
  config.cache_entries = 1;
  config.max_keys = 1U << 27;
  BOOST_CHECK_THROW(make_predictor(config), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
