#include "tests/actors/warming/strategies/interview.hpp"

namespace stoker::test {

namespace strategies_by_subject_suite {

struct signed_in : interviewer {
  signed_in() {
    subject = [](const subject_request&) { return ranked_keys{{used("session", 1), used("form", 1)}}; };
  }
};

}  // namespace strategies_by_subject_suite

BOOST_FIXTURE_TEST_SUITE(strategies_by_subject_suite, signed_in)

BOOST_AUTO_TEST_CASE(a_subjects_latest_keys_are_the_likeliest) {
  const auto proposed = ask("subject", {{"subject", "user 7"}});
  BOOST_TEST(asked_subject.at(0).subject == "user 7");
  BOOST_TEST(asked_subject[0].limit == 50u);
  BOOST_REQUIRE(proposed.candidates.size() == 2u);
  BOOST_TEST(proposed.candidates[0].probability > proposed.candidates[1].probability);
  BOOST_TEST(proposed.candidates[0].priority == important_priority);
  BOOST_TEST(proposed.note == "");
}

BOOST_AUTO_TEST_CASE(each_kind_can_be_switched_off) {
  ask("subject", {{"subject", "u"}, {"kinds", "session,forms"}, {"without", "forms"}});
  const std::vector<std::string> kinds{"session", "forms"};
  BOOST_TEST(asked_subject.at(0).kinds == kinds, boost::test_tools::per_element());
  BOOST_TEST(asked_subject[0].without == std::vector<std::string>{"forms"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_was_warmed_within_five_minutes_is_skipped_with_a_reason) {
  visited = noon - 299s;
  const auto skipped = ask("subject", {{"subject", "u"}});
  BOOST_TEST(skipped.candidates.empty());
  BOOST_TEST(asked_subject.empty());
  BOOST_TEST(skipped.note ==
             "skipped: the keys of this subject were warmed 299 s ago; force=true warms them again");
  visited = noon - 300s;
  BOOST_TEST(ask("subject", {{"subject", "u"}}).candidates.size() == 2u);
  visited = noon - 1s;
  BOOST_TEST(ask("subject", {{"subject", "u"}, {"force", "true"}}).candidates.size() == 2u);
  BOOST_TEST(ask("subject", {{"subject", "u"}, {"again_after", "0s"}}).candidates.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_unknown_subject_is_a_note_and_none_is_an_error) {
  subject = [](const subject_request&) { return ranked_keys{}; };
  BOOST_TEST(ask("subject", {{"subject", "u"}}).note == "no recent keys of this subject are known");
  BOOST_CHECK_THROW(ask("subject"), error);
  BOOST_CHECK_THROW(ask("subject", {{"subject", "u"}, {"force", "perhaps"}}), error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
