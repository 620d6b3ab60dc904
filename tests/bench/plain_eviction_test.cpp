#include "bench/baselines/plain_eviction.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

BOOST_AUTO_TEST_SUITE(plain_eviction_test)

namespace {

using namespace stoker;
using namespace stoker::baselines;

std::vector<key_id> skewed_accesses() {
  std::mt19937 random(3);
  std::vector<key_id> accesses(20'000);
  for (auto& key : accesses) key = random() % (1 + random() % 500);
  return accesses;
}

}  // namespace

BOOST_AUTO_TEST_CASE(lru_of_the_memory_cache_is_the_lru_of_the_simulation) {
  const auto accesses = skewed_accesses();
  for (const std::uint64_t capacity : {1, 7, 50, 500}) {
    BOOST_CHECK_EQUAL(simulate_eviction(accesses, 500, capacity, eviction::lru).hits,
                      simulate_lru(accesses, 500, capacity, nullptr).hits);
  }
}

BOOST_AUTO_TEST_CASE(s3fifo_resists_a_scan_that_lru_does_not) {
  std::vector<key_id> accesses;
  key_id scanned = 100;
  for (int round = 0; round < 200; ++round) {
    for (key_id key = 0; key < 20; ++key) accesses.push_back(key);
    for (int i = 0; i < 30; ++i) accesses.push_back(scanned++);
  }
  BOOST_CHECK_EQUAL(simulate_eviction(accesses, scanned, 40, eviction::lru).hits, 0u);
  BOOST_CHECK_GT(simulate_eviction(accesses, scanned, 40, eviction::s3fifo).hit_ratio(), 0.3);
}

BOOST_AUTO_TEST_SUITE_END()
