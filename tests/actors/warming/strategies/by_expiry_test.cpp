#include "tests/actors/warming/strategies/interview.hpp"

namespace stoker::test {

namespace strategies_by_expiry_suite {

struct expiring : interviewer {
  expiring() {
    ttl = 100s;
    top = [](const top_request&) { return ranked_keys{{used("old", 60), used("young", 60)}}; };
    entries = {{"old", 100s, 15s, 1000, 50}, {"young", 100s, 30s, 1000, 50}, {"idle", 100s, 1s, 1000, 50}};
  }
};

}  // namespace strategies_by_expiry_suite

BOOST_FIXTURE_TEST_SUITE(strategies_by_expiry_suite, expiring)

BOOST_AUTO_TEST_CASE(entries_past_four_fifths_of_their_ttl_are_renewed_if_they_are_used) {
  const auto proposed = ask("refresh_ahead");
  BOOST_TEST(probability_of(proposed, "old") > 0.5);
  BOOST_TEST(probability_of(proposed, "young") == -1);
  BOOST_TEST(probability_of(proposed, "idle") == 0);  // the plan's floor leaves it to expire
  for (const auto& each : proposed.candidates) {
    BOOST_TEST(each.refresh);
    BOOST_TEST((each.ttl == 0s));  // the cache's own
    BOOST_TEST(each.bytes == 50u);
  }
}

BOOST_AUTO_TEST_CASE(an_entry_keeps_the_ttl_of_its_own) {
  entries = {{"old", 1h, 1min, 1000, 50}};
  BOOST_TEST((ask("refresh_ahead").candidates.at(0).ttl == 1h));
}

BOOST_AUTO_TEST_CASE(the_threshold_and_the_lead_decide) {
  BOOST_TEST(probability_of(ask("refresh_ahead", {{"threshold", "0.6"}}), "young") > 0);
  BOOST_TEST(probability_of(ask("refresh_ahead", {{"threshold", "0.9"}}), "old") == -1);
  BOOST_TEST(probability_of(ask("refresh_ahead", {{"lead", "30s"}}), "young") > 0);
  BOOST_TEST(probability_of(ask("refresh_ahead", {{"lead", "29s"}, {"beta", "0"}}), "young") == -1);
}

BOOST_AUTO_TEST_CASE(lot_spreads_the_renewals_of_what_was_stored_together) {
  entries.clear();
  for (int i = 0; i < 1000; ++i) entries.push_back({"k" + std::to_string(i), 100s, 50s, 1'000'000, 50});
  // With 50 s left, a load of 1 s and a beta of 50 the chance is 1/e.
  const auto renewed = ask("refresh_ahead", {{"beta", "50"}}).candidates.size();
  BOOST_TEST(renewed > 320u);
  BOOST_TEST(renewed < 420u);
  now += 1s;
  const auto again = keys_of(ask("refresh_ahead", {{"beta", "50"}}));
  now -= 1s;
  BOOST_TEST(again != keys_of(ask("refresh_ahead", {{"beta", "50"}})));
  BOOST_TEST(ask("refresh_ahead", {{"beta", "0"}}).candidates.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
