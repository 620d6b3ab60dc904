#include "actors/warming/trial_ledger.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"
#include "messages/key.hpp"

BOOST_AUTO_TEST_SUITE(trial_ledger_suite)

namespace {

using namespace stoker;
using namespace std::chrono_literals;

const time_point start{1000h};

access_batch batch_of(std::vector<std::pair<std::string, access_outcome>> accesses, time_point at = start) {
  access_batch batch;
  batch.taken_at = at;
  for (const auto& [key, outcome] : accesses) {
    access_record record;
    record.hash = hash_key(key);
    record.outcome = outcome;
    batch.records.push_back(record);
  }
  return batch;
}

// A cohort of n keys "w0".. warmed and "c0".. held out.
void propose(trial_ledger& tested, int warmed, int held_out, std::uint64_t run = 1) {
  for (int i = 0; i < warmed; ++i) tested.warmed("w" + std::to_string(i), {"popular"}, run, start);
  for (int i = 0; i < held_out; ++i) tested.held_out("c" + std::to_string(i), {"popular"}, start);
}

BOOST_AUTO_TEST_CASE(counts_used_at_once_and_the_rest_as_wasted_when_the_horizon_is_over) {
  trial_ledger tested{{}};
  propose(tested, 4, 0);
  tested.observe(batch_of({{"w0", access_outcome::first_use}, {"w1", access_outcome::miss}}));
  BOOST_TEST(tested.of_run(1).used == 1u);
  BOOST_TEST(tested.of_run(1).wasted == 1u);  // it had left the cache before it was demanded
  tested.settle(start + 59min);
  BOOST_TEST(tested.of_run(1).wasted == 1u);
  tested.settle(start + 2h);
  const auto proof = tested.proof_of("popular");
  BOOST_TEST(proof.warmed == 4u);
  BOOST_TEST(proof.used == 1u);
  BOOST_TEST(proof.wasted == 3u);
  BOOST_TEST(proof.precision == 0.25);
  BOOST_TEST(tested.open() == 0u);
}

BOOST_AUTO_TEST_CASE(a_precision_below_what_is_expected_of_the_strategy_is_told) {
  const auto because = [](int used, const char* strategy = "popular", int warmed = 100) {
    trial_ledger tested{{}};
    for (int i = 0; i < warmed; ++i) tested.warmed("w" + std::to_string(i), {strategy}, 1, start);
    for (int i = 0; i < used; ++i)
      tested.observe(batch_of({{"w" + std::to_string(i), access_outcome::first_use}}));
    tested.settle(start + 2h);
    return tested.proof_of(strategy).because;
  };
  const auto shortfall = [&](const std::string& text) {
    return text.find(" % of what it warmed was used, where ") != std::string::npos;
  };
  BOOST_TEST(because(74).ends_with("; 74 % of what it warmed was used, where 75 % are expected"));
  BOOST_TEST(!shortfall(because(75)));
  BOOST_TEST(!shortfall(because(0, "popular", 99)));  // too few to say
  BOOST_TEST(because(64, "trending").ends_with("where 65 % are expected"));
  BOOST_TEST(because(59, "time_of_day").ends_with("where 60 % are expected"));
  BOOST_TEST(because(54, "predictive").ends_with("where 55 % are expected"));
  BOOST_TEST(!shortfall(because(1, "mine")));
}

BOOST_AUTO_TEST_CASE(only_the_first_demand_counts) {
  trial_ledger tested{{}};
  propose(tested, 1, 1);
  tested.observe(batch_of({{"w0", access_outcome::first_use}, {"c0", access_outcome::miss}}));
  tested.observe(batch_of({{"w0", access_outcome::miss}, {"c0", access_outcome::hit}}));
  tested.settle(start + 2h);
  const auto proof = tested.proof_of("popular");
  BOOST_TEST(proof.measured == 1u);
  BOOST_TEST(proof.measured_hits == 1u);
  BOOST_TEST(proof.controls == 1u);
  BOOST_TEST(proof.control_hits == 0u);
  BOOST_TEST(proof.lift == 1);
}

// Entered as they come, those that are demanded soon would count before those that never are.
BOOST_AUTO_TEST_CASE(nothing_is_measured_before_its_horizon_is_over) {
  trial_ledger tested{{}};
  propose(tested, 10, 2);
  tested.observe(batch_of({{"w0", access_outcome::first_use}, {"c0", access_outcome::miss}}));
  tested.settle(start + 59min);
  BOOST_TEST(tested.proof_of("popular").measured == 0u);
  BOOST_TEST(tested.proof_of("popular").controls == 0u);
  tested.settle(start + 2h);
  BOOST_TEST(tested.proof_of("popular").measured == 10u);
  BOOST_TEST(tested.proof_of("popular").controls == 2u);
}

BOOST_AUTO_TEST_CASE(a_demand_after_the_horizon_is_none) {
  trial_ledger tested{{}};
  propose(tested, 1, 1);
  tested.observe(batch_of({{"w0", access_outcome::first_use}, {"c0", access_outcome::hit}}, start + 61min));
  tested.settle(start + 2h);
  const auto proof = tested.proof_of("popular");
  BOOST_TEST(proof.measured_hits == 0u);
  BOOST_TEST(proof.control_hits == 0u);
  BOOST_TEST(proof.used == 0u);
}

BOOST_AUTO_TEST_CASE(a_candidate_of_several_strategies_counts_for_each) {
  trial_ledger tested{{}};
  tested.warmed("a", {"popular", "recent"}, 1, start);
  tested.observe(batch_of({{"a", access_outcome::first_use}}));
  BOOST_TEST(tested.proof_of("popular").used == 1u);
  BOOST_TEST(tested.proof_of("recent").used == 1u);
  BOOST_TEST(tested.of_run(1).used == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_warmed_again_was_wasted_before) {
  trial_ledger tested{{}};
  tested.warmed("a", {"popular"}, 1, start);
  tested.warmed("a", {"popular"}, 2, start + 10min);
  BOOST_TEST(tested.of_run(1).wasted == 1u);
  tested.observe(batch_of({{"a", access_outcome::first_use}}, start + 20min));
  BOOST_TEST(tested.of_run(1).used == 0u);
  BOOST_TEST(tested.of_run(2).used == 1u);
}

BOOST_AUTO_TEST_CASE(a_control_that_was_warmed_after_all_is_no_control) {
  trial_ledger tested{{}};
  tested.held_out("a", {"popular"}, start);
  tested.warmed("a", {"tasks"}, 1, start);
  tested.observe(batch_of({{"a", access_outcome::first_use}}));
  tested.settle(start + 2h);
  BOOST_TEST(tested.proof_of("popular").controls == 0u);
  BOOST_TEST(tested.proof_of("tasks").used == 1u);
  BOOST_TEST(tested.open() == 0u);
}

BOOST_AUTO_TEST_CASE(a_control_that_somebody_else_warmed_is_no_control) {
  trial_ledger tested{{}};
  propose(tested, 0, 3);
  tested.observe(batch_of(
      {{"c0", access_outcome::first_use}, {"c1", access_outcome::late}, {"c2", access_outcome::miss}}));
  tested.settle(start + 2h);
  BOOST_TEST(tested.proof_of("popular").controls == 1u);
  BOOST_TEST(tested.open() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_rolled_back_is_neither_used_nor_wasted_nor_measured) {
  trial_ledger tested{{}};
  propose(tested, 2, 0);
  tested.observe(batch_of({{"w0", access_outcome::first_use}}));
  tested.void_run(1);
  tested.withdrawn("w1");
  tested.settle(start + 2h);
  const auto proof = tested.proof_of("popular");
  BOOST_TEST(proof.used == 1u);
  BOOST_TEST(proof.wasted == 0u);
  BOOST_TEST(proof.measured == 0u);
}

BOOST_AUTO_TEST_CASE(what_would_have_hit_anyway_saves_no_origin_call) {
  trial_ledger tested{{}};
  propose(tested, 10, 10);
  std::vector<std::pair<std::string, access_outcome>> accesses;
  for (int i = 0; i < 10; ++i) accesses.emplace_back("w" + std::to_string(i), access_outcome::first_use);
  for (int i = 0; i < 5; ++i) accesses.emplace_back("c" + std::to_string(i), access_outcome::hit);
  tested.observe(batch_of(accesses));
  tested.spent("popular", 12);
  tested.settle(start + 2h);
  BOOST_TEST(tested.proof_of("popular").origin_calls == 12u);
  BOOST_TEST(tested.proof_of("popular").origin_calls_saved == 5u);
}

BOOST_AUTO_TEST_CASE(beyond_its_bounds_trials_are_not_followed_and_counted) {
  trial_ledger tested{{.warmed = 10, .held_out = 5, .strategies = 2, .runs = 3}};
  propose(tested, 15, 8);
  BOOST_TEST(tested.open() == 15u);
  BOOST_TEST(tested.not_followed() == 8u);
  for (int i = 0; i < 5; ++i)
    tested.warmed("x", {"s" + std::to_string(i)}, 10 + static_cast<unsigned>(i), start);
  BOOST_TEST(tested.strategies().size() == 2u);
  BOOST_TEST(tested.of_run(10).warmed == 0u);  // forgotten
  BOOST_TEST(tested.of_run(14).warmed == 1u);
  tested.settle(start + 2h);
  BOOST_TEST(tested.open() == 0u);
  propose(tested, 10, 5);
  BOOST_TEST(tested.open() == 15u);
}

BOOST_AUTO_TEST_CASE(books_survive_a_restart) {
  trial_ledger before{{}};
  propose(before, 40, 40);
  for (int i = 0; i < 40; ++i)
    before.observe(batch_of({{"w" + std::to_string(i), access_outcome::first_use}}));
  before.settle(start + 2h);
  trial_ledger after{{}};
  after.restore(before.accounts());
  const auto proof = after.proof_of("popular");
  BOOST_TEST((proof.standing == strategy_standing::proven));
  BOOST_TEST(proof.used == 40u);
  BOOST_TEST(proof.lift == 1);
}

BOOST_AUTO_TEST_CASE(recent_precision_speaks_once_something_is_known) {
  trial_ledger tested{{}};
  propose(tested, 40, 0);
  BOOST_TEST(tested.recent_precision() < 0);
  for (int i = 0; i < 30; ++i)
    tested.observe(batch_of({{"w" + std::to_string(i), access_outcome::first_use}}));
  tested.settle(start + 2h);
  BOOST_TEST(tested.recent_precision() > 0.7);
  BOOST_TEST(tested.recent_precision() < 0.8);
}

BOOST_AUTO_TEST_CASE(bad_limits_are_refused) {
  BOOST_CHECK_THROW(validate(ledger_limits{.warmed = 0}), error);
  BOOST_CHECK_THROW(validate(ledger_limits{.strategies = 65}), error);
  BOOST_CHECK_THROW(validate(ledger_limits{.horizon = {}}), error);
  BOOST_CHECK_NO_THROW(validate(ledger_limits{}));
}

BOOST_AUTO_TEST_CASE(a_sample_proves_nothing) {
  trial_ledger tested{{}};
  propose(tested, 40, 0);
  for (int i = 0; i < 40; ++i) tested.observe(batch_of({{"w" + std::to_string(i), access_outcome::sampled}}));
  tested.settle(start + 2h);
  BOOST_TEST(tested.proof_of("popular").used == 0u);
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
