#include "bench/baselines/probability_graph.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

BOOST_AUTO_TEST_SUITE(probability_graph_test)

namespace {

using namespace stoker::baselines;

std::vector<key_id> proposals(probability_graph& graph, key_id key) {
  std::vector<key_id> out;
  graph.propose(key, out);
  return out;
}

void check_proposals(probability_graph& graph, key_id key, const std::vector<key_id>& expected) {
  BOOST_TEST(proposals(graph, key) == expected, boost::test_tools::per_element());
}

void feed(probability_graph& graph, const std::vector<key_id>& keys) {
  for (const auto key : keys) graph.accessed(key, false);
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_proposed_before_it_was_seen_to_follow) {
  probability_graph graph(4, {});
  check_proposals(graph, 0, {});
  feed(graph, {0});
  check_proposals(graph, 0, {});
}

BOOST_AUTO_TEST_CASE(the_likelier_follower_is_put_into_the_cache_last) {
  probability_graph graph(4, {.steps = 1, .threshold = 0.25});
  feed(graph, {0, 1, 0, 2, 0, 1, 0, 1});  // 0 is followed by 1 three times, by 2 once: 0.75 and 0.25
  check_proposals(graph, 0, {1});
  probability_graph lower(4, {.steps = 1, .threshold = 0.2});
  feed(lower, {0, 2, 0, 1, 0, 1, 0, 1});
  check_proposals(lower, 0, {2, 1});
}

BOOST_AUTO_TEST_CASE(the_look_ahead_period_reaches_several_accesses) {
  probability_graph graph(8, {.steps = 3, .threshold = 0.9});
  feed(graph, {0, 1, 2, 3});
  auto found = proposals(graph, 0);
  std::sort(found.begin(), found.end());
  const std::vector<key_id> expected{1, 2, 3};
  BOOST_TEST(found == expected, boost::test_tools::per_element());
  check_proposals(graph, 1, {});  // its period is not over yet
}

// A cycle that is larger than the cache: LRU alone never hits; after one round each key brings the next.
BOOST_AUTO_TEST_CASE(a_cycle_is_prefetched_from_its_second_round_on) {
  std::vector<key_id> accesses;
  for (key_id i = 0; i < 100; ++i) accesses.push_back(i % 10);
  BOOST_CHECK_EQUAL(simulate_lru(accesses, 10, 3, nullptr).hits, 0u);
  probability_graph graph(10, {});
  const auto result = simulate_lru(accesses, 10, 3, &graph);
  BOOST_CHECK_EQUAL(result.hits,
                    89u);  // all but the first round and the wrap-around, which was not seen before
  BOOST_CHECK_EQUAL(result.prefetches, 90u);
  BOOST_CHECK_EQUAL(result.useful_prefetches, 89u);
}

BOOST_AUTO_TEST_CASE(a_full_graph_counts_on_but_adds_nothing) {
  probability_graph graph(8, {.steps = 1, .threshold = 0.25, .most_parts = 2});
  feed(graph, {0, 1, 2, 3, 2, 3});
  check_proposals(graph, 0, {1});
  check_proposals(graph, 2, {});
  BOOST_CHECK_GT(graph.metadata_bytes(), 0u);
}

BOOST_AUTO_TEST_CASE(a_weak_arc_is_forgotten_at_a_look_up_when_asked_for) {
  for (const bool forgets : {false, true}) {
    probability_graph graph(8, {.steps = 1, .threshold = 0.6, .forgets_weak_arcs = forgets});
    feed(graph, {0, 1, 0, 2, 0});
    check_proposals(graph, 0, {});  // both stand at 0.5
    feed(graph, {1, 0, 1, 0, 1});   // 1 now at 0.8
    check_proposals(graph, 0, forgets ? std::vector<key_id>{} : std::vector<key_id>{1});
  }
}

BOOST_AUTO_TEST_SUITE_END()
