#include "tests/actors/warming/strategies/interview.hpp"

namespace stoker::test {

BOOST_FIXTURE_TEST_SUITE(strategies_by_relation_suite, interviewer)

BOOST_AUTO_TEST_CASE(a_pair_counts_from_five_on_and_above_half_the_accesses) {
  key = [](const std::string& name) {
    if (name == "a") return known("a", 10, {{"strong", 8}, {"half", 5}, {"weak", 3}});
    if (name == "rare") return known("rare", 4, {{"always", 4}});
    return known(name, 1);
  };
  auto proposed = ask("correlated", {{"keys", "a,rare"}});
  BOOST_TEST(keys_of(proposed) == std::vector<std::string>{"strong"}, boost::test_tools::per_element());
  BOOST_TEST(probability_of(proposed, "strong") == 0.8, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(proposed.candidates[0].bytes == 100u);
  proposed = ask("correlated", {{"keys", "a,rare"}, {"min_count", "3"}, {"strength", "0.2"}});
  const std::vector<std::string> all{"always", "strong", "half", "weak"};
  BOOST_TEST(keys_of(proposed) == all, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_ten_most_strongly_correlated_keys_are_proposed) {
  key = [](const std::string& name) {
    if (name != "a") return known(name, 1);
    std::vector<std::pair<std::string, std::uint32_t>> neighbours;
    for (std::uint32_t i = 0; i < 16; ++i) neighbours.emplace_back("n" + std::to_string(i), 60 + i);
    return known("a", 100, neighbours);
  };
  const auto proposed = ask("correlated", {{"keys", "a"}});
  BOOST_REQUIRE(proposed.candidates.size() == 10u);
  BOOST_TEST(proposed.candidates.front().key == "n15");
  BOOST_TEST(proposed.candidates.back().key == "n6");
}

BOOST_AUTO_TEST_CASE(without_keys_correlations_start_from_those_used_most) {
  top = [](const top_request&) { return ranked_keys{{used("sure", 100), used("maybe", 0.5)}}; };
  key = [](const std::string& name) {
    if (name == "sure") return known(name, 10, {{"x", 6}});
    if (name == "maybe") return known(name, 10, {{"y", 10}, {"x", 6}});
    return known(name, 1);
  };
  const auto proposed = ask("correlated");
  BOOST_TEST(probability_of(proposed, "x") == 0.6, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(probability_of(proposed, "y") == 1 - std::exp(-0.5), boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(keys_that_are_demanded_already_are_not_proposed) {
  key = [](const std::string& name) { return known(name, 10, {{"a", 9}, {"b", 9}, {"c", 9}}); };
  BOOST_TEST(keys_of(ask("correlated", {{"keys", "a,b"}})) == std::vector<std::string>{"c"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keys_with_commas_can_be_named) {
  key = [](const std::string& name) { return name == "a,b" ? known(name, 10, {{"c", 9}}) : known(name, 0); };
  BOOST_TEST(keys_of(ask("correlated", {{"keys", "a\\,b"}})) == std::vector<std::string>{"c"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_correlated_is_a_note_and_no_error) {
  const auto proposed = ask("correlated", {{"keys", "unknown"}});
  BOOST_TEST(proposed.candidates.empty());
  BOOST_TEST(!proposed.note.empty());
  BOOST_TEST(ask("correlated").candidates.empty());
}

BOOST_AUTO_TEST_CASE(predictive_asks_the_predictor_for_twenty_of_confidence) {
  predicted = {{.key = "next", .probability = 0.9, .cost_us = 70}, {.key = "unsure", .probability = 0.3}};
  const auto proposed = ask("predictive", {{"keys", "a,b"}});
  BOOST_REQUIRE(asked_predictor.size() == 1u);
  const std::vector<std::string> given{"a", "b"};
  BOOST_TEST(asked_predictor[0].keys == given, boost::test_tools::per_element());
  BOOST_TEST(asked_predictor[0].limit == 20u);
  BOOST_TEST(asked_predictor[0].confidence == 0.7);
  BOOST_TEST(keys_of(proposed) == std::vector<std::string>{"next"}, boost::test_tools::per_element());
  BOOST_TEST(probability_of(proposed, "next") == 0.9);
  BOOST_TEST(proposed.candidates[0].cost_us == 70u);
  BOOST_CHECK_THROW(ask("predictive"), error);
  BOOST_CHECK_THROW(ask("predictive", {{"keys", "a"}, {"confidence", "1.5"}}), error);
}

BOOST_AUTO_TEST_CASE(dependencies_start_from_the_given_keys_or_those_used_most) {
  top = [](const top_request&) { return ranked_keys{{used("popular", 5)}}; };
  BOOST_TEST(keys_of(ask("dependencies")) == std::vector<std::string>{"popular"},
             boost::test_tools::per_element());
  const std::vector<std::string> given{"main", "test"};
  BOOST_TEST(keys_of(ask("dependencies", {{"keys", "main,test"}, {"depth", "5"}})) == given,
             boost::test_tools::per_element());
  BOOST_CHECK_THROW(ask("dependencies", {{"depth", "6"}}), error);
  BOOST_CHECK_THROW(ask("dependencies", {{"depth", "0"}}), error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
