#include "bench/baselines/belady.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <set>

BOOST_AUTO_TEST_SUITE(belady_test)

namespace {

using namespace stoker::baselines;

// The best that any eviction can reach, by trying every choice: for short traces only.
std::uint64_t best_hits(std::span<const key_id> accesses, std::set<key_id> cache, std::size_t capacity) {
  std::uint64_t hits = 0;
  for (std::size_t i = 0; i < accesses.size(); ++i) {
    if (cache.contains(accesses[i])) {
      ++hits;
      continue;
    }
    if (cache.size() == capacity) {
      std::uint64_t best = 0;
      for (const auto victim : cache) {
        auto next = cache;
        next.erase(victim);
        next.insert(accesses[i]);
        best = std::max(best, best_hits(accesses.subspan(i + 1), next, capacity));
      }
      return hits + best;
    }
    cache.insert(accesses[i]);
  }
  return hits;
}

}  // namespace

// The reference string of the textbooks: 20 accesses, three frames, 9 faults by the optimum, 12 by LRU.
BOOST_AUTO_TEST_CASE(the_textbook_string_has_nine_faults) {
  const std::vector<key_id> string{7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1};
  BOOST_CHECK_EQUAL(simulate_belady(string, 8, 3).misses(), 9u);
  BOOST_CHECK_EQUAL(simulate_lru(string, 8, 3, nullptr).misses(), 12u);
}

BOOST_AUTO_TEST_CASE(no_other_choice_of_victims_does_better) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<key_id> accesses(12);
    for (auto& key : accesses) key = random() % 6;
    for (const std::size_t capacity : {1, 2, 3}) {
      BOOST_REQUIRE_EQUAL(simulate_belady(accesses, 6, capacity).hits, best_hits(accesses, {}, capacity));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
