// What the restart story is judged by: when a cache counts as warm, and the caches that are simulated.
#include <boost/test/unit_test.hpp>

#include "bench/restart/simulation.hpp"

using namespace stoker::bench;

namespace restart_test {

restart_settings small() {
  restart_settings settings;
  settings.keys = 10'000;  // room for 1,000, windows of 1,000 requests
  settings.rate = 100;
  settings.origin_limit = 400;
  settings.learned = 50'000;
  settings.longest_s = 1000;
  return settings;
}

// A hit for all but every so-many-th request until `bad`, and hits from there.
outcomes hits_from(std::size_t bad, std::size_t requests) {
  auto played = none_yet(requests);
  for (std::size_t i = 0; i < requests; ++i) played[i] = i < bad && i % 10 == 0 ? 0 : 1;
  return played;
}

}  // namespace restart_test

BOOST_AUTO_TEST_SUITE(restart_test)

BOOST_AUTO_TEST_CASE(a_cache_is_warm_from_the_first_of_three_windows_within_a_point_of_its_twin) {
  const auto twin = hits_from(0, 8000);
  warm_watch watch{small()};
  // A window that begins at 2,400 has ten misses, a point, of those up to 2,500.
  BOOST_TEST(watch.look(hits_from(2500, 8000), twin).value_or(0) == 2400u);
  warm_watch never{small()};
  BOOST_TEST(!never.look(hits_from(8000, 8000), twin).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_not_played_yet_is_looked_at_later) {
  const auto twin = hits_from(0, 8000);
  auto played = hits_from(0, 8000);
  played[2500] = -1;
  warm_watch watch{small()};
  BOOST_TEST(!watch.look(played, twin).has_value());
  played[2500] = 1;
  BOOST_TEST(watch.look(played, twin).value_or(1) == 0u);
}

BOOST_AUTO_TEST_CASE(a_simulated_lru_keeps_what_came_last_and_an_lfu_what_came_often) {
  const auto settings = small();
  const auto lru = simulate(redis_policy::lru, settings);
  const auto lfu = simulate(redis_policy::lfu, settings);
  for (auto* cache : {lru.get(), lfu.get()}) {
    cache->put(0);
    for (int i = 0; i < 1000; ++i) BOOST_TEST_REQUIRE(cache->get(0));
    for (std::uint32_t key = 1; key <= 2000; ++key) cache->put(key);
    std::size_t there = 0;
    for (std::uint32_t key = 0; key <= 2000; ++key) there += cache->contains(key) ? 1 : 0;
    BOOST_TEST(there == settings.capacity());
  }
  BOOST_TEST(!lru->contains(0));
  BOOST_TEST(!lru->contains(1000));
  BOOST_TEST(lru->contains(1001));
  BOOST_TEST(lfu->contains(0));
}

BOOST_AUTO_TEST_CASE(the_best_of_all_warmers_is_warm_long_before_a_cold_cache) {
  const workload work{small()};
  const auto found = foresee(work, redis_policy::lfu);
  BOOST_TEST(found.best_s > 0);
  BOOST_TEST(found.best_s * 4 < found.cold_s);
}

BOOST_AUTO_TEST_SUITE_END()
