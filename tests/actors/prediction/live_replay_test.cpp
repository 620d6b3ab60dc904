// A live engine against a replay of the same accesses: what replay promises, the engine delivers.
#include <cmath>
#include <filesystem>

#include "apps/replay/replay.hpp"
#include "tests/actors/prediction/traces.hpp"
#include "tests/fixtures/driven_engine.hpp"

using namespace stoker;

BOOST_AUTO_TEST_SUITE(live_against_replay)

namespace {

constexpr std::uint32_t enough_loaders = 200;  // no load waits for another one
const std::uint32_t default_loaders = engine_config{}.loaders;

trace first_of(trace recorded, std::size_t accesses) {
  if (recorded.accesses.size() > accesses) recorded.accesses.resize(accesses);
  return recorded;
}

trace recorded_build() {
  return first_of(read_trace(std::filesystem::path(STOKER_SOURCE_DIR) / "tests/data/build.csv.zst"), 20'000);
}

cache_config settings(std::uint64_t entries) {
  cache_config config;
  config.name = "traced";
  config.capacity_entries = entries;
  config.load = [](std::string_view) { return loaded("x"); };
  config.opaque_keys = true;
  config.hold_out = 0;  // replay has none
  return config;
}

struct live_result {
  double hit_percent = 0;
  predictor_status predictor;
  warmer_status warmer;
  cache_status cache;
};

live_result play(const trace& recorded, test::driven_engine& engine, const cache_config& config) {
  auto cache = engine.add_cache(config);
  std::uint64_t hits = 0;
  for (std::size_t i = 0; i < recorded.accesses.size(); ++i) {
    access_context context;
    if (!recorded.subjects.empty()) context.subject = recorded.subject_names[recorded.subjects[i]];
    const auto got = cache.get(recorded.keys[recorded.accesses[i]], context);
    hits += got.outcome == get_outcome::hit ? 1 : 0;
    engine.request_passed();
  }
  const auto status = engine.status();
  return {100 * static_cast<double>(hits) / static_cast<double>(recorded.accesses.size()),
          status.predictors.at(0), status.warmers.at(0), status.caches.at(0)};
}

live_result play(const trace& recorded, std::uint64_t entries, std::uint32_t delay,
                 std::uint32_t loaders = enough_loaders) {
  test::driven_engine engine(delay, loaders);
  return play(recorded, engine, settings(entries));
}

double replayed_percent(const trace& recorded, std::uint64_t entries, std::uint32_t delay) {
  replay_options options;
  options.cache_entries = entries;
  options.delay = delay;
  options.opaque_keys = true;
  return 100 * replay(recorded, options).hit_ratio();
}

void check_alike(const trace& recorded, std::uint64_t entries) {
  const auto live = play(recorded, entries, 0);
  const auto replayed = replayed_percent(recorded, entries, 0);
  BOOST_TEST_MESSAGE("live " << live.hit_percent << " %, replay " << replayed << " %");
  BOOST_TEST(live.predictor.delay <= 1u);  // 1: nothing arrived yet
  BOOST_TEST(live.hit_percent > replayed - 1);
  BOOST_TEST(live.hit_percent < replayed + 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_recorded_build_hits_as_often_live_as_in_a_replay) {
  const auto recorded = recorded_build();
  check_alike(recorded, recorded.keys.size() / 10);
}

BOOST_AUTO_TEST_CASE(so_do_shared_traces) {
  for (const auto* name : {"lirs_multi2.txt.zst", "cloudphysics.csv.zst"}) {
    const auto recorded = testing::shared_trace(name);
    if (!recorded) continue;
    BOOST_TEST_CONTEXT(name)
    check_alike(first_of(*recorded, 26'000), recorded->keys.size() / 20);
  }
}

// A replay takes room for a prefetch when it is asked for, a live cache when it arrives: in a cache this
// small the engine does better.
BOOST_AUTO_TEST_CASE(slow_loads_are_no_worse_live_than_in_a_replay_at_the_measured_delay) {
  const auto recorded = recorded_build();
  const auto entries = recorded.keys.size() / 10;
  for (const std::uint32_t delay : {10U, 50U}) {
    const auto live = play(recorded, entries, delay);
    const auto replayed = replayed_percent(recorded, entries, live.predictor.delay);
    BOOST_TEST_MESSAGE("loads take " << delay << " requests, measured " << live.predictor.delay << ": live "
                                     << live.hit_percent << " %, replay " << replayed << " %");
    BOOST_TEST(live.predictor.delay == delay + 1);  // a load can be used by the request after it arrived
    BOOST_TEST(live.hit_percent > replayed - 1);
  }
}

// In a cache of some size it makes no difference when room is taken.
BOOST_AUTO_TEST_CASE(slow_loads_hit_as_often_live_as_in_a_replay_at_the_measured_delay) {
  const auto whole = testing::shared_trace("cloudphysics.csv.zst");
  if (!whole) return;
  const auto recorded = first_of(*whole, 26'000);
  const auto entries = whole->keys.size() / 20;
  const auto live = play(recorded, entries, 10);
  const auto replayed = replayed_percent(recorded, entries, live.predictor.delay);
  BOOST_TEST_MESSAGE("live " << live.hit_percent << " %, replay " << replayed << " %");
  BOOST_TEST(live.hit_percent > replayed - 1);
  BOOST_TEST(live.hit_percent < replayed + 1);
}

// More is proposed than ten loaders can load: what can't be loaded in time is dropped, and does not hold up
// the rest.
BOOST_AUTO_TEST_CASE(too_few_loaders_cost_prefetches_and_not_their_punctuality) {
  const auto recorded = recorded_build();
  const auto entries = recorded.keys.size() / 10;
  const auto enough = play(recorded, entries, 10);
  const auto few = play(recorded, entries, 10, default_loaders);
  BOOST_TEST_MESSAGE("hit ratio " << few.hit_percent << " %, with enough loaders " << enough.hit_percent
                                  << " %; measured delay " << few.predictor.delay);
  BOOST_TEST(few.warmer.prefetches_dropped > enough.warmer.prefetches_dropped);
  BOOST_TEST(few.predictor.delay <= 22u);
  BOOST_TEST(few.hit_percent > enough.hit_percent - 10);
}

BOOST_AUTO_TEST_CASE(a_miss_reaches_the_predictor_at_once_and_a_hit_with_the_next_look) {
  test::driven_engine engine;
  auto cache = engine.add_cache(settings(10));
  const auto seen = [&] { return engine.status().predictors.at(0).accesses; };
  engine.request_passed();
  cache.get("a");
  engine.run();  // no time passes
  BOOST_TEST(seen() == 1u);
  cache.get("a");
  cache.get("a");
  engine.run();
  BOOST_TEST(seen() == 1u);
  engine.request_passed();
  BOOST_TEST(seen() == 3u);
  cache.get("a");
  cache.get("b");
  engine.run();
  BOOST_TEST(seen() == 5u);
}

BOOST_AUTO_TEST_CASE(a_miss_is_followed_by_its_prefetch_before_any_time_passes) {
  const auto loop = testing::loop_trace(40, 4000);
  test::driven_engine engine;
  auto cache = engine.add_cache(settings(10));
  for (const auto key : loop.accesses) {
    cache.get(loop.keys[key]);
    engine.request_passed();
  }
  std::uint64_t prefetched = 0;
  for (const auto key : loop.accesses) {
    if (key == 0) cache.clear();  // or nothing would be missed any more
    const auto before = cache.stats().prefetches;
    const bool missed = cache.get(loop.keys[key]).outcome == get_outcome::miss;
    engine.run();
    if (missed) prefetched += cache.stats().prefetches - before;
    engine.request_passed();
  }
  BOOST_TEST(prefetched > 0u);
}

BOOST_AUTO_TEST_CASE(observing_fills_nothing_and_tells_what_it_would_have_gained) {
  const auto recorded = recorded_build();
  const auto entries = recorded.keys.size() / 10;
  const auto acting = play(recorded, entries, 0);
  auto config = settings(entries);
  config.observe = true;
  test::driven_engine engine;
  const auto observed = play(recorded, engine, config);
  BOOST_TEST(observed.cache.prefetches == 0u);
  BOOST_TEST(observed.warmer.prefetches_requested == 0u);
  BOOST_TEST(observed.predictor.observing);
  const double promised = observed.hit_percent + 100 * observed.predictor.shadow_gain;
  BOOST_TEST_MESSAGE("observed " << observed.hit_percent << " %, promised " << promised << " % at load "
                                 << observed.predictor.shadow_load << ", acting " << acting.hit_percent
                                 << " % at load " << acting.predictor.origin_load);
  BOOST_TEST(std::abs(promised - acting.hit_percent) < 5);
  BOOST_TEST(observed.predictor.shadow_load > acting.predictor.origin_load - 0.25);
  BOOST_TEST(observed.predictor.shadow_load < acting.predictor.origin_load + 0.2);
  BOOST_TEST(acting.predictor.shadow_hits == 0u);
}

BOOST_AUTO_TEST_CASE(a_prefetch_has_to_promise_more_where_eviction_is_lru) {
  test::driven_engine engine;
  auto ours = settings(1000);
  ours.name = "ours";
  auto lru = settings(1000);
  lru.name = "lru";
  lru.eviction_policy = eviction::lru;
  engine.add_cache(ours);
  engine.add_cache(lru);
  const auto status = engine.status();
  BOOST_REQUIRE(status.predictors.size() == 2u);
  const auto threshold = [&](const std::string& name) {
    return status.predictors[status.predictors[0].cache == name ? 0 : 1].threshold;
  };
  BOOST_TEST(threshold("lru") > threshold("ours") * 1.2);
}

BOOST_AUTO_TEST_SUITE_END()
