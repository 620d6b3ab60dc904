#include "tests/actors/warming/strategies/interview.hpp"

namespace stoker::test {

namespace strategies_by_kind_suite {

// A key with one tag that was used so often in all, and so often in the hour asked for.
ranked_key tagged(const std::string& key, const std::string& tag, std::uint64_t count, double in_hour) {
  auto result = used(key, 1);
  result.tags = {tag};
  result.count = count;
  result.score = in_hour;
  return result;
}

}  // namespace strategies_by_kind_suite

BOOST_FIXTURE_TEST_SUITE(strategies_by_kind_suite, interviewer)

BOOST_AUTO_TEST_CASE(a_tag_must_be_given_and_selects_by_use) {
  top = [](const top_request&) { return ranked_keys{{used("often", 5), used("never", 0)}}; };
  BOOST_CHECK_THROW(ask("tagged"), error);
  const auto proposed = ask("tagged", {{"tag", "news"}});
  BOOST_TEST(asked_top.at(0).tag == "news");
  BOOST_TEST((asked_top[0].by == ranking::popular));
  BOOST_TEST(probability_of(proposed, "often") > 0.9);
  BOOST_TEST(probability_of(proposed, "never") == 0.05);  // above any floor: somebody asked for its kind
}

BOOST_AUTO_TEST_CASE(a_language_is_a_tag) {
  BOOST_CHECK_THROW(ask("language_specific"), error);
  ask("language_specific", {{"language", "python"}});
  BOOST_TEST(asked_top.at(0).tag == "python");
  ask("common_patterns");
  BOOST_TEST(asked_top.at(1).tag == "");
  ask("common_patterns", {{"language", "java"}});
  BOOST_TEST(asked_top.at(2).tag == "java");
  ask("common_files", {{"language", "c"}, {"depth", "4"}});
  BOOST_TEST(asked_top.at(3).tag == "c");
  ask("embeddings", {{"model", "minilm"}});
  BOOST_TEST(asked_top.at(4).tag == "minilm");
  ask("embeddings");
  BOOST_TEST(asked_top.at(5).tag == "");
  ask("searches", {{"index", "articles"}});
  BOOST_TEST(asked_top.at(6).tag == "articles");
  ask("project", {{"project", "stoker"}, {"depth", "3"}});
  BOOST_TEST(asked_top.at(7).tag == "stoker");
  BOOST_CHECK_THROW(ask("project"), error);
}

BOOST_AUTO_TEST_CASE(an_attribute_ranks_and_the_run_takes_the_highest) {
  BOOST_CHECK_THROW(ask("by_attribute"), error);
  limit = 5;
  ask("by_attribute", {{"attribute", "size"}, {"at_least", "2.5"}});
  BOOST_TEST((asked_top.at(0).by == ranking::attribute));
  BOOST_TEST(asked_top[0].attribute == "size");
  BOOST_TEST(asked_top[0].at_least == 2.5);
  BOOST_TEST(asked_top[0].limit == 5u);
}

BOOST_AUTO_TEST_CASE(the_most_complex_patterns_come_first_though_nobody_used_them) {
  top = [](const top_request&) {
    auto simple = used("simple", 0);
    auto complex = used("complex", 0);
    simple.score = 2;
    complex.score = 9;
    simple.cost_us = complex.cost_us = 0;
    return ranked_keys{{complex, simple}};
  };
  const auto proposed = ask("complex_patterns", {{"complexity", "1"}, {"language", "python"}});
  BOOST_TEST(asked_top.at(0).attribute == "complexity");
  BOOST_TEST(asked_top[0].at_least == 1);
  BOOST_TEST(asked_top[0].tag == "python");
  BOOST_REQUIRE(proposed.candidates.size() == 2u);
  BOOST_TEST(proposed.candidates[0].cost_us > proposed.candidates[1].cost_us);
  BOOST_TEST(proposed.candidates[1].probability > 0);
}

BOOST_AUTO_TEST_CASE(the_tag_whose_hour_comes_is_next) {
  top = [](const top_request& question) -> ranked_keys {
    if (!question.tag.empty()) return {{used("key of " + question.tag, 3)}};
    if (question.by == ranking::hour_of_day)
      return {{tagged("bank", "finance", 2400, 100), tagged("chip", "tech", 480, 300)}};
    return {{tagged("bank", "finance", 2400, 0), tagged("chip", "tech", 480, 0)}};
  };
  const auto proposed = ask("tag_rotation");
  BOOST_REQUIRE(asked_top.size() == 3u);
  BOOST_TEST(asked_top[0].hour == 13u);
  BOOST_TEST(asked_top[0].with_tags);
  BOOST_TEST(asked_top[2].tag == "tech");  // finance is used more, but no more than in any other hour
  BOOST_TEST(proposed.candidates.at(0).key == "key of tech");
  BOOST_TEST(proposed.note == "the turn of tag tech");
}

BOOST_AUTO_TEST_CASE(tags_without_an_hour_of_their_own_take_turns) {
  const auto next = [&](time_point at) {
    now = at;
    ask("tag_rotation", {{"tags", "energy,finance,tech"}});
    return asked_top.back().tag;
  };
  const auto first = next(noon);
  const auto second = next(noon + 1h);
  const auto third = next(noon + 2h);
  BOOST_TEST(first != second);
  BOOST_TEST(second != third);
  BOOST_TEST(third != first);
  BOOST_TEST(next(noon + 3h) == first);
  BOOST_TEST(next(noon + 3h + 59min) == first);
}

BOOST_AUTO_TEST_CASE(only_tags_that_rotate_are_looked_at) {
  top = [](const top_request& question) -> ranked_keys {
    if (!question.tag.empty()) return {{used(question.tag, 3)}};
    return {{tagged("a", "lang:c", 10, 10), tagged("b", "sector:tech", 1000, 42)}};
  };
  BOOST_TEST(ask("tag_rotation", {{"prefix", "sector:"}}).candidates.at(0).key == "sector:tech");
  BOOST_TEST(ask("tag_rotation", {{"tags", "lang:c"}}).candidates.at(0).key == "lang:c");
  const auto none = ask("tag_rotation", {{"prefix", "colour:"}});
  BOOST_TEST(none.candidates.empty());
  BOOST_TEST(none.note == "no key that was used has a tag to rotate by");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
