#include "actors/warming/run_tally.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/warming/run.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(run_tally_test)

namespace {

candidate proposal(const std::string& key, const std::string& strategy) {
  candidate item;
  item.key = key;
  item.strategy = strategy;
  return item;
}

warm_plan plan_of(std::vector<candidate> items) {
  warm_plan plan;
  plan.phases.push_back({});
  plan.phases.back().items = std::move(items);
  return plan;
}

load_receipt receipt(const std::string& key, load_status status) {
  load_receipt result;
  result.key = key;
  result.status = status;
  return result;
}

std::uint64_t items_of(const std::vector<item_count>& counts, const std::string& strategy,
                       const std::string& result, const std::string& reason) {
  for (const auto& each : counts)
    if (each.strategy == strategy && each.result == result && each.reason == reason) return each.items;
  return 0;
}

// A run that tries each load once.
run started(warm_plan plan) {
  run_settings settings;
  settings.retry.attempts = 1;
  settings.workers = 16;
  settings.offers = 1;
  warm_report header;
  header.budget_bytes = 1 << 20;
  return run{std::move(plan), settings, header, time_point{} + 1h};
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_item_is_counted_under_its_strategies_outcome_and_reason) {
  auto work = started(plan_of({proposal("a", "popular"), proposal("b", "popular+recent"),
                               proposal("c", "recent"), proposal("d", "recent"), proposal("e", "recent"),
                               proposal("f", "recent"), proposal("g", "recent"), proposal("h", "recent")}));
  BOOST_REQUIRE(work.take({}).size() == 8u);
  work.settle(receipt("a", load_status::stored), 0, {});
  work.settle(receipt("b", load_status::stored), 0, {});
  work.settle(receipt("c", load_status::present), 0, {});
  work.settle(receipt("d", load_status::absent), 0, {});
  work.settle(receipt("e", load_status::timed_out), 0, {});
  work.settle(receipt("f", load_status::shed), 0, {});
  work.settle(receipt("g", load_status::fenced), 0, {});
  work.abandon(run_outcome::deadline_passed, "too late");
  BOOST_REQUIRE(work.finished());
  const auto counts = work.tally();
  BOOST_TEST(items_of(counts, "popular", "warmed", "none") == 2u);
  BOOST_TEST(items_of(counts, "recent", "warmed", "none") == 1u);
  BOOST_TEST(items_of(counts, "recent", "already_fresh", "none") == 1u);
  BOOST_TEST(items_of(counts, "recent", "dropped", "absent") == 1u);
  BOOST_TEST(items_of(counts, "recent", "failed", "timed_out") == 1u);
  BOOST_TEST(items_of(counts, "recent", "dropped", "shed") == 1u);
  BOOST_TEST(items_of(counts, "recent", "dropped", "fenced") == 1u);
  BOOST_TEST(items_of(counts, "recent", "cancelled", "deadline") == 1u);
}

BOOST_AUTO_TEST_CASE(runs_and_what_plans_left_out_add_up) {
  run_tally tally;
  warm_plan plan;
  plan.left_out = {{proposal("a", "popular+recent"), left_out_reason::over_budget},
                   {proposal("b", "popular"), left_out_reason::over_budget},
                   {proposal("c", "popular"), left_out_reason::fresh}};
  warm_report report;
  report.bytes = 100;
  report.took = 2s;
  for (int i = 0; i < 2; ++i) {
    tally.left_out(plan);
    tally.add(report, {{"popular", "warmed", "none", 3}});
  }
  report.outcome = run_outcome::cancelled;
  tally.add(report, {});
  warmer_status status;
  tally.add_to(status);
  BOOST_TEST(items_of(status.items, "popular", "warmed", "none") == 6u);
  BOOST_TEST(items_of(status.items, "popular", "left_out", "over_budget") == 4u);
  BOOST_TEST(items_of(status.items, "recent", "left_out", "over_budget") == 2u);
  BOOST_TEST(items_of(status.items, "popular", "left_out", "fresh") == 2u);
  BOOST_REQUIRE(status.ended.size() == 2u);
  BOOST_TEST(status.ended[0].outcome == "cancelled");
  BOOST_TEST(status.ended[1].outcome == "completed");
  BOOST_TEST(status.ended[1].runs == 2u);
  BOOST_TEST(status.warmed_bytes == 300u);
  BOOST_CHECK(status.run_time == 6s);
}

BOOST_AUTO_TEST_CASE(strategies_beyond_the_bound_are_counted_together) {
  run_tally tally;
  for (std::size_t i = 0; i < most_counted_strategies + 10; ++i)
    tally.add({}, {{"strategy " + std::to_string(i), "warmed", "none", 1}});
  warmer_status status;
  tally.add_to(status);
  BOOST_TEST(status.items.size() == most_counted_strategies + 1);
  BOOST_TEST(items_of(status.items, "other", "warmed", "none") == 10u);
}

BOOST_AUTO_TEST_SUITE_END()
