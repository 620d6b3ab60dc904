// Prediction for a cache outside: the engine, driven by the test, over a real Redis.
#include <boost/test/unit_test.hpp>

#include "stoker/caches.hpp"
#include "tests/fixtures/driven_engine.hpp"
#include "tests/storage/caches/redis_server.hpp"

BOOST_AUTO_TEST_SUITE(outside_prediction_test)

namespace {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

constexpr int keys = 25;
constexpr int rounds = 12;

std::string key(int number) {
  return std::string{"page/"} + static_cast<char>('a' + number);
}

// A user goes round and round; what he read is gone when he comes again.
struct going_round {
  explicit going_round(bool observe) : others(server.config()) {
    cache_config config;
    config.name = "pages";
    config.load = [this](std::string_view name) {
      ++loads;
      return loaded("value of " + std::string{name});
    };
    config.back_end = std::make_shared<redis_cache>(server.config());
    config.fence_ttl = 20s;  // a round takes 25
    config.capacity_entries = 1000;
    config.hold_out = 0;
    config.observe = observe;
    config.opaque_keys = true;
    cache.emplace(engine.add_cache(config));
  }

  // The user reads through the engine, or the application tells of its own reads.
  void walk(bool by_record) {
    for (int round = 0; round < rounds; ++round) {
      round_hits = 0;
      for (int number = 0; number < keys; ++number) {
        if (by_record)
          tell(key(number));
        else
          round_hits += cache->get(key(number)).outcome == get_outcome::hit ? 1 : 0;
        engine.request_passed(1s);
        const auto name = key(number);
        const std::string_view gone = name;
        others.invalidate(std::span{&gone, 1}, std::chrono::steady_clock::now() + 10s);
      }
    }
  }

  void tell(const std::string& name) {
    const std::string_view asked = name;
    const auto found = others.read(std::span{&asked, 1}, std::chrono::steady_clock::now() + 10s).front();
    const bool hit = found.there.state == residency::present;
    round_hits += hit ? 1 : 0;
    cache->record(name, hit ? access_outcome::hit : access_outcome::miss, 100, 500);
  }

  predictor_status predictor() { return engine.status().predictors.front(); }

  redis_server server;
  redis_cache others;
  std::atomic<int> loads{0};
  driven_engine engine;
  std::optional<cache_handle> cache;
  int round_hits = 0;  // of the latest round
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_comes_next_is_in_redis_before_it_is_asked_for) {
  if (!is_installed("redis-server")) return;
  going_round world{false};
  world.walk(false);
  BOOST_TEST(world.round_hits >= keys - 3);
  const auto status = world.predictor();
  BOOST_TEST(status.proposed > 0u);
  BOOST_TEST(status.used > status.proposed / 2);
  BOOST_TEST(world.engine.status().caches.front().first_uses > 0u);
}

BOOST_AUTO_TEST_CASE(so_it_is_when_the_application_reads_by_itself_and_only_tells_of_it) {
  if (!is_installed("redis-server")) return;
  going_round world{false};
  world.walk(true);
  BOOST_TEST(world.round_hits >= keys - 3);
  const auto status = world.predictor();
  BOOST_TEST(status.used > status.proposed / 2);
}

BOOST_AUTO_TEST_CASE(observing_it_says_what_would_have_been_gained_and_fills_nothing) {
  if (!is_installed("redis-server")) return;
  going_round world{true};
  world.walk(false);
  BOOST_TEST(world.round_hits == 0);
  BOOST_TEST(world.loads == keys * rounds);
  const auto status = world.predictor();
  BOOST_TEST(status.observing);
  BOOST_TEST(status.shadow_hits > static_cast<std::uint64_t>(keys * rounds / 2));
  BOOST_TEST(world.engine.status().warmers.front().prefetches_requested == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
