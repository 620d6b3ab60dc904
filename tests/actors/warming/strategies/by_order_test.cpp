#include "tests/actors/warming/strategies/interview.hpp"

namespace stoker::test {

BOOST_FIXTURE_TEST_SUITE(strategies_by_order_suite, interviewer)

BOOST_AUTO_TEST_CASE(priority_takes_keys_and_globs_alike) {
  top = [](const top_request&) { return ranked_keys{{used("src/a.py", 9), used("src/b.py", 0)}}; };
  const auto proposed = ask("priority", {{"keys", "README"}, {"globs", "src/*.py,*.toml"}});
  const std::vector<std::string> globs{"src/*.py", "*.toml"};
  BOOST_TEST(asked_top.at(0).match == globs, boost::test_tools::per_element());
  BOOST_REQUIRE(proposed.candidates.size() == 3u);
  for (const auto& each : proposed.candidates) BOOST_TEST(each.priority == 50);
  BOOST_TEST(probability_of(proposed, "README") == 0.9);
  BOOST_TEST(probability_of(proposed, "src/a.py") > 0.9);
  BOOST_TEST(probability_of(proposed, "src/b.py") == 0.05);
  BOOST_TEST(ask("priority", {{"keys", "k"}, {"priority", "120"}}).candidates.at(0).priority == 120);
}

BOOST_AUTO_TEST_CASE(priority_without_anything_says_so) {
  const auto proposed = ask("priority");
  BOOST_TEST(asked_top.empty());
  BOOST_TEST(proposed.candidates.empty());
  BOOST_TEST(proposed.note == "neither keys nor globs are given; there is nothing to warm");
}

BOOST_AUTO_TEST_CASE(tasks_keep_their_priority_ttl_and_tags) {
  tasks = {{"cat", "Catalogue", "catalogue", 10min, 70, {"shop"}, false},
           {"bg", "", "reports", {}, 5, {}, false}};
  key = [](const std::string& name) { return known(name, 3); };
  const auto proposed = ask("tasks");
  BOOST_REQUIRE(proposed.candidates.size() == 2u);
  const auto& first = proposed.candidates[0];
  BOOST_TEST(first.key == "catalogue");
  BOOST_TEST(first.priority == 70);
  BOOST_TEST((first.ttl == 10min));
  BOOST_TEST(first.tags == std::vector<std::string>{"shop"}, boost::test_tools::per_element());
  BOOST_TEST(first.bytes == 100u);
  BOOST_TEST(first.probability == 1);
  BOOST_TEST(keys_of(ask("tasks", {{"at_least", "10"}})) == std::vector<std::string>{"catalogue"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(critical_is_who_says_so_or_has_the_priority) {
  tasks = {{"a", "", "by priority", {}, 100, {}, false},
           {"b", "", "by flag", {}, 20, {}, true},
           {"c", "", "neither", {}, 99, {}, false}};
  const auto proposed = ask("critical");
  const std::vector<std::string> expected{"by priority", "by flag"};
  BOOST_TEST(keys_of(proposed) == expected, boost::test_tools::per_element());
  for (const auto& each : proposed.candidates) BOOST_TEST(each.priority >= critical_priority);
  tasks.clear();
  BOOST_TEST(ask("critical").note == "no such task is registered");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
