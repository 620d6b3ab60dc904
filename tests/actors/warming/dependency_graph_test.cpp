#include "actors/warming/dependency_graph.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace stoker;

BOOST_AUTO_TEST_SUITE(dependency_graphs)

namespace {

candidate proposed(const std::string& key, double probability = 0.5) {
  candidate item;
  item.key = key;
  item.strategy = "popular";
  item.probability = probability;
  return item;
}

std::vector<std::string> keys_of(const std::vector<candidate>& candidates) {
  std::vector<std::string> keys;
  for (const auto& item : candidates) keys.push_back(item.key);
  return keys;
}

using keys = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(the_last_word_on_a_key_holds) {
  dependency_graph graph;
  graph.set("page", {"layout"});
  graph.set("page", {"style", "page"});
  BOOST_CHECK(graph.of("page") == keys{"style"});  // nothing needs itself
  graph.set("page", {});
  BOOST_TEST(graph.of("page").empty());
  BOOST_TEST(graph.version() == 3u);
  graph.set("unknown", {});
  BOOST_TEST(graph.version() == 3u);
}

BOOST_AUTO_TEST_CASE(proposes_what_candidates_need_up_to_the_depth) {
  dependency_graph graph;
  graph.set("page", {"layout"});
  graph.set("layout", {"style"});
  graph.set("style", {"font"});
  std::vector<candidate> candidates{proposed("page", 0.8)};
  graph.follow(candidates, 2);
  BOOST_CHECK(keys_of(candidates) == (keys{"page", "layout", "style"}));
  BOOST_CHECK(candidates[0].dependencies == keys{"layout"});
  BOOST_TEST(candidates[2].probability == 0.8);
  BOOST_TEST(candidates[2].dependencies.empty());  // beyond the depth nothing is followed
}

BOOST_AUTO_TEST_CASE(cycles_end_and_nothing_is_proposed_twice) {
  dependency_graph graph;
  graph.set("a", {"b", "c"});
  graph.set("b", {"a", "c"});
  std::vector<candidate> candidates{proposed("a"), proposed("c")};
  graph.follow(candidates, 5);
  auto found = keys_of(candidates);
  std::sort(found.begin(), found.end());
  BOOST_CHECK(found == (keys{"a", "b", "c"}));
}

BOOST_AUTO_TEST_CASE(a_key_never_lists_more_than_the_bound) {
  dependency_graph graph;
  graph.set("page", keys(most_dependencies_of_a_key + 5, "layout"));
  BOOST_TEST(graph.of("page").size() == most_dependencies_of_a_key);
}

BOOST_AUTO_TEST_CASE(what_comes_back_from_history_replaces_nothing_said_meanwhile) {
  dependency_graph graph;
  graph.set("page", {"new"});
  graph.restore({{"page", {"old"}}, {"other", {"x"}}});
  BOOST_CHECK(graph.of("page") == keys{"new"});
  BOOST_CHECK(graph.of("other") == keys{"x"});
  BOOST_TEST(graph.content().size() == 2u);
  BOOST_TEST(graph.refused() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
