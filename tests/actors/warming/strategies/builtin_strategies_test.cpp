// What holds for every built-in strategy.
#include "actors/warming/strategies/builtin_strategies.hpp"

#include <set>

#include "tests/actors/warming/strategies/interview.hpp"

namespace stoker::test {

namespace builtin_strategies_suite {

// What a strategy can't do without.
std::vector<strategy_parameter_value> needed(const strategy& asked) {
  std::vector<strategy_parameter_value> given;
  for (const auto& declared : asked.parameters)
    if (declared.required || declared.name == "keys") given.push_back({declared.name, "a,b"});
  return given;
}

}  // namespace builtin_strategies_suite

BOOST_FIXTURE_TEST_SUITE(builtin_strategies_suite, interviewer)

BOOST_AUTO_TEST_CASE(all_are_there_and_each_describes_itself_and_its_parameters) {
  std::set<std::string> names;
  for (const auto& each : strategy_registry{}.list("pages")) {
    names.insert(each.name);
    BOOST_TEST(!each.description.empty());
    for (const auto& parameter : each.parameters) {
      BOOST_TEST(!parameter.description.empty(), each.name << " " << parameter.name);
      BOOST_TEST(!parameter.type.empty());
    }
  }
  const std::set<std::string> expected{"popular",
                                       "recent",
                                       "trending",
                                       "time_of_day",
                                       "due",
                                       "snapshot",
                                       "tagged",
                                       "by_attribute",
                                       "language_specific",
                                       "complex_patterns",
                                       "common_patterns",
                                       "common_files",
                                       "tag_rotation",
                                       "correlated",
                                       "predictive",
                                       "dependencies",
                                       "priority",
                                       "tasks",
                                       "critical",
                                       "subject",
                                       "refresh_ahead",
                                       "embeddings",
                                       "searches",
                                       "project"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_strategy_proposes_sensible_probabilities_and_leaves_its_signature_to_others) {
  top = [](const top_request&) {
    auto odd = used("odd", 1e9, -1h);
    odd.score = 1e12;
    odd.window_accesses = 1'000'000;
    odd.next_access = noon - 10h;
    odd.tags = {"a"};
    return ranked_keys{{odd, used("a", 3), used("b", -1, 1000h), ranked_key{}}};
  };
  subject = [](const subject_request&) { return ranked_keys{{used("a", 3)}}; };
  key = [](const std::string& name) { return known(name, 2, {{"c", 100}}); };
  entries = {{"a", 10s, 1ns, 7, 8}};
  tasks = {{"id", "name", "key", 0s, 500, {}, false}};
  predicted = {{.key = "c", .probability = 0.8}};
  for (const auto& each : builtin_strategies()) {
    const auto proposed = ask(each.name, needed(each));
    BOOST_TEST(!proposed.candidates.empty(), each.name);
    for (const auto& item : proposed.candidates) {
      BOOST_TEST((item.probability >= 0 && item.probability <= 1), each.name << " " << item.probability);
      BOOST_TEST(item.strategy.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(no_strategy_minds_that_nothing_is_known) {
  for (const auto& each : builtin_strategies())
    for (const auto& item : ask(each.name, needed(each)).candidates)
      BOOST_TEST((item.key == "a" || item.key == "b"));  // named by the parameters
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
