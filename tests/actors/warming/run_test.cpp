#include "actors/warming/run.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <random>
#include <set>

#include "messages/error.hpp"
#include "tests/actors/warming/run_samples.hpp"

BOOST_AUTO_TEST_SUITE(run_suite)

namespace {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(loads_so_many_at_once_and_goes_on_when_one_is_done) {
  auto tested = make_run(numbered(25));
  BOOST_CHECK_EQUAL(tested.take(start).size(), 10u);
  BOOST_CHECK(tested.take(start).empty());
  tested.settle(receipt("k3", load_status::stored), 0, start);
  BOOST_CHECK_EQUAL(keys_of(tested.take(start)), "k10 ");
  BOOST_CHECK_EQUAL(tested.in_flight(), 10u);
}

BOOST_AUTO_TEST_CASE(the_next_batch_waits_for_the_last_load_of_this_one) {
  run_settings settings;
  settings.batch_items = 3;
  auto tested = make_run(numbered(5), settings);
  auto first = tested.take(start);
  BOOST_CHECK_EQUAL(keys_of(first), "k0 k1 k2 ");
  tested.settle(receipt("k0", load_status::stored), 0, start);
  tested.settle(receipt("k1", load_status::stored), 0, start);
  BOOST_CHECK(tested.take(start).empty());
  tested.settle(receipt("k2", load_status::stored), 0, start);
  BOOST_CHECK_EQUAL(keys_of(tested.take(start)), "k3 k4 ");
}

BOOST_AUTO_TEST_CASE(a_pause_lies_between_phases) {
  auto tested = make_run(plan_of({{item("a")}, {item("b")}}));
  store_all(tested, tested.take(start));
  BOOST_CHECK(tested.take(start).empty());
  BOOST_CHECK(tested.wake_at(start) == start + 100ms);
  BOOST_CHECK_EQUAL(tested.progress().phase, 2u);
  BOOST_CHECK_EQUAL(keys_of(tested.take(start + 100ms)), "b ");
}

BOOST_AUTO_TEST_CASE(reports_what_every_item_came_to) {
  auto tested = make_run(numbered(5));
  (void)tested.take(start);
  tested.settle(receipt("k0", load_status::stored, 100), 0, start);
  tested.settle(receipt("k1", load_status::present), 0, start);
  tested.settle(receipt("k2", load_status::fenced), 0, start);
  tested.settle(receipt("k3", load_status::absent), 0, start);
  tested.settle(receipt("k4", load_status::refused), 0, start);
  BOOST_REQUIRE(tested.finished());
  const auto report = tested.report(start + 2s);
  BOOST_CHECK(report.reconciles());
  BOOST_CHECK_EQUAL(report.selected, 5u);
  BOOST_CHECK_EQUAL(report.warmed, 1u);
  BOOST_CHECK_EQUAL(report.already_fresh, 1u);
  BOOST_CHECK_EQUAL(report.dropped, 2u);
  BOOST_CHECK_EQUAL(report.failed, 1u);
  BOOST_CHECK_EQUAL(report.bytes, 100u);
  BOOST_CHECK_EQUAL(report.run, 7u);
  BOOST_CHECK_CLOSE(report.predicted_uses, 0.5, 1e-9);
  BOOST_CHECK(report.took == duration{2s});
  BOOST_CHECK(report.total_load == duration{20ms});  // nothing was loaded of what was present
  BOOST_CHECK(report.fastest_load == duration{5ms});
  BOOST_CHECK_EQUAL(reason_of(report, "k3"), "the origin has no such key");
  BOOST_CHECK_EQUAL(tested.warmed_by_strategy().at("popular"), 1u);
}

BOOST_AUTO_TEST_CASE(tries_again_after_a_back_off_and_then_fails) {
  auto tested = make_run(numbered(1));
  auto now = start;
  for (const auto delay : {100ms, 200ms}) {
    BOOST_CHECK_EQUAL(keys_of(tested.take(now)), "k0 ");
    tested.settle(receipt("k0", load_status::timed_out), 0, now);
    BOOST_CHECK(tested.take(now).empty());
    BOOST_CHECK(tested.wake_at(now) == now + delay);
    now += delay;
  }
  BOOST_CHECK_EQUAL(keys_of(tested.take(now)), "k0 ");
  auto last = receipt("k0", load_status::failed);
  last.error = "the origin is down";
  tested.settle(last, 0, now);
  BOOST_REQUIRE(tested.finished());
  BOOST_CHECK_EQUAL(tested.report(now).failed, 1u);
  BOOST_CHECK_EQUAL(reason_of(tested.report(now), "k0"), "the origin is down");
}

BOOST_AUTO_TEST_CASE(waits_as_long_as_a_throttling_origin_asks) {
  auto tested = make_run(numbered(1));
  (void)tested.take(start);
  auto slow_down = receipt("k0", load_status::throttled);
  slow_down.retry_after = 7s;
  tested.settle(slow_down, 0, start);
  BOOST_CHECK(tested.wake_at(start) == start + 7s);
}

BOOST_AUTO_TEST_CASE(an_item_that_was_shed_is_offered_again_without_losing_an_attempt) {
  run_settings settings;
  settings.retry.attempts = 1;
  settings.offers = 3;
  auto tested = make_run(numbered(1), settings);
  auto now = start;
  for (int offer = 0; offer < 3; ++offer) {
    BOOST_CHECK_EQUAL(keys_of(tested.take(now)), "k0 ");
    tested.settle(receipt("k0", load_status::shed), 0, now);
    now += 1min;
  }
  BOOST_REQUIRE(tested.finished());
  BOOST_CHECK_EQUAL(tested.report(now).dropped, 1u);
}

BOOST_AUTO_TEST_CASE(one_failing_item_never_fails_its_neighbours) {
  auto tested = make_run(numbered(3));
  (void)tested.take(start);
  tested.settle(receipt("k1", load_status::refused), 0, start);
  tested.settle(receipt("k0", load_status::stored), 0, start);
  tested.settle(receipt("k2", load_status::stored), 0, start);
  const auto report = tested.report(start);
  BOOST_CHECK(report.outcome == run_outcome::completed);
  BOOST_CHECK_EQUAL(report.warmed, 2u);
}

BOOST_AUTO_TEST_CASE(a_dependency_that_failed_drops_all_that_depend_on_it) {
  auto tested = make_run(plan_of({{item("fonts"), item("other")},
                                  {item("layout", {"fonts"})},
                                  {item("page", {"layout"}), item("free", {"other"})}}));
  (void)tested.take(start);
  tested.settle(receipt("fonts", load_status::refused), 0, start);
  tested.settle(receipt("other", load_status::stored), 0, start);
  (void)tested.take(start);
  auto report = tested.report(start);
  BOOST_CHECK_EQUAL(report.dropped, 2u);
  BOOST_CHECK_EQUAL(reason_of(report, "layout"), "what it depends on was not warmed: fonts");
  BOOST_CHECK_EQUAL(reason_of(report, "page"), "what it depends on was not warmed: layout");
  BOOST_CHECK_EQUAL(keys_of(tested.take(start + 1s)), "free ");
}

BOOST_AUTO_TEST_CASE(a_dependency_that_users_set_meanwhile_holds_nothing_up) {
  auto tested = make_run(plan_of({{item("layout")}, {item("page", {"layout"})}}));
  (void)tested.take(start);
  tested.settle(receipt("layout", load_status::fenced), 0, start);
  (void)tested.take(start);
  BOOST_CHECK_EQUAL(keys_of(tested.take(start + 1s)), "page ");
}

BOOST_AUTO_TEST_CASE(stopping_lets_what_is_under_way_finish) {
  auto tested = make_run(numbered(20));
  const auto under_way = tested.take(start);
  tested.stop(run_outcome::cancelled, "enough");
  BOOST_CHECK(!tested.finished());
  BOOST_CHECK(tested.take(start).empty());
  tested.settle(receipt("k0", load_status::failed), 0, start);
  tested.settle(receipt("k1", load_status::shed), 0, start);
  store_all(tested, {under_way.begin() + 2, under_way.end()});
  BOOST_REQUIRE(tested.finished());
  const auto report = tested.report(start);
  BOOST_CHECK(report.outcome == run_outcome::cancelled);
  BOOST_CHECK(report.reconciles());
  BOOST_CHECK_EQUAL(report.warmed, 8u);
  BOOST_CHECK_EQUAL(report.failed, 1u);
  BOOST_CHECK_EQUAL(report.cancelled, 11u);
}

BOOST_AUTO_TEST_CASE(the_deadline_ends_it_at_once_and_late_receipts_change_nothing) {
  auto tested = make_run(numbered(20));
  const auto under_way = tested.take(start);
  BOOST_CHECK(tested.wake_at(start) == start + 1h);
  BOOST_CHECK(tested.take(start + 1h).empty());
  BOOST_REQUIRE(tested.finished());
  store_all(tested, under_way);
  const auto report = tested.report(start + 1h);
  BOOST_CHECK(report.outcome == run_outcome::deadline_passed);
  BOOST_CHECK_EQUAL(report.cancelled, 20u);
  BOOST_CHECK(report.reconciles());
}

BOOST_AUTO_TEST_CASE(pressure_halves_the_batches_and_ten_points_more_stop_the_run) {
  memory_report memory;
  auto tested = make_run(numbered(200));
  memory.used_share = 0.81;
  tested.pressure(memory);
  std::size_t batch = 0;
  for (auto items = tested.take(start); !items.empty() && batch < 25; items = tested.take(start)) {
    batch += items.size();
    if (batch < 25) store_all(tested, items);
  }
  BOOST_CHECK_EQUAL(batch, 25u);
  BOOST_CHECK_EQUAL(tested.in_flight(), 5u);
  memory.used_share = 0.91;
  tested.pressure(memory);
  BOOST_CHECK(tested.report(start).outcome == run_outcome::stopped_by_pressure);
  BOOST_CHECK(tested.take(start).empty());
}

BOOST_AUTO_TEST_CASE(critical_pressure_stops_the_run_whatever_the_share) {
  auto tested = make_run(numbered(5));
  memory_report memory;
  memory.level = pressure_level::critical;
  tested.pressure(memory);
  BOOST_CHECK(tested.finished());
  BOOST_CHECK_EQUAL(tested.report(start).cancelled, 5u);
}

BOOST_AUTO_TEST_CASE(stops_filling_when_entries_turn_out_larger_than_the_budget) {
  auto head = header();
  head.budget_bytes = 1000;
  run_settings settings;
  settings.workers = 1;
  settings.overhead_bytes = 0;
  run tested{numbered(5), settings, head, start + 1h};
  (void)tested.take(start);
  tested.settle(receipt("k0", load_status::stored, 995), 0, start);
  BOOST_CHECK(tested.take(start).empty());
  BOOST_REQUIRE(tested.finished());
  BOOST_CHECK_EQUAL(tested.report(start).dropped, 4u);
  BOOST_CHECK_EQUAL(reason_of(tested.report(start), "k1"), "the memory budget is spent");
}

BOOST_AUTO_TEST_CASE(a_key_named_twice_is_loaded_once) {
  auto tested = make_run(plan_of({{item("a"), item("a")}}));
  BOOST_CHECK_EQUAL(keys_of(tested.take(start)), "a ");
  tested.settle(receipt("a", load_status::stored), 0, start);
  BOOST_CHECK(tested.finished());
  BOOST_CHECK(tested.report(start).reconciles());
}

BOOST_AUTO_TEST_CASE(an_empty_plan_is_finished_at_once) {
  auto tested = make_run(plan_of({{}, {}}));
  BOOST_CHECK(tested.take(start).empty());
  BOOST_CHECK(tested.finished());
  BOOST_CHECK(tested.report(start).outcome == run_outcome::completed);
}

BOOST_AUTO_TEST_CASE(tells_whose_words_a_reason_is) {
  auto tested = make_run(plan_of({{item("a"), item("b")}, {item("c", {"a"})}}));
  tested.take(start);
  auto refused = receipt("a", load_status::refused);
  refused.error = "GET /a: 403";
  tested.settle(refused, 0, start);
  tested.settle(receipt("b", load_status::refused), 0, start);
  const auto problems = tested.report(start).problems;
  BOOST_REQUIRE_EQUAL(problems.size(), 3u);
  BOOST_TEST(problems[0].from_origin);
  BOOST_TEST(problems[1].key == "c");
  BOOST_TEST(!problems[1].from_origin);
  BOOST_TEST(problems[2].reason == "refused");
  BOOST_TEST(!problems[2].from_origin);
}

BOOST_AUTO_TEST_CASE(names_the_first_hundred_problems_and_counts_them_all) {
  run_settings settings;
  settings.workers = 200;
  settings.batch_items = 200;
  auto tested = make_run(numbered(150), settings);
  for (const auto& each : tested.take(start))
    tested.settle(receipt(each.key, load_status::refused), 0, start);
  BOOST_CHECK_EQUAL(tested.report(start).failed, 150u);
  BOOST_CHECK_EQUAL(tested.report(start).problems.size(), max_reported_problems);
}

BOOST_AUTO_TEST_CASE(rejects_settings_of_nothing) {
  run_settings none;
  none.batch_items = 0;
  BOOST_CHECK_THROW(validate(none), error);
  none = {};
  none.workers = 0;
  BOOST_CHECK_THROW(validate(none), error);
  none = {};
  none.pressure_threshold = 1.5;
  BOOST_CHECK_THROW(validate(none), error);
  BOOST_CHECK_NO_THROW(validate(run_settings{}));
}

// Runs a random plan in a world where anything may happen to a load, and anything may happen to the run.
class faulty_world {
 public:
  explicit faulty_world(std::uint32_t seed) : random_(seed) {}

  void live_through() {
    auto tested = make();
    auto now = start;
    for (int step = 0; !tested.finished(); ++step) {
      BOOST_REQUIRE_LT(step, 100000);
      start_loads(tested, now);
      maybe_interfere(tested);
      if (!under_way_.empty() && up_to(3) != 0)
        settle_one(tested, now);
      else if (!tested.finished())
        now = std::max(now + 1ms, std::min(tested.wake_at(now), now + 10s));
      check(tested, now);
    }
    const auto report = tested.report(now);
    BOOST_REQUIRE(report.reconciles());
    BOOST_REQUIRE_LE(report.warmed, stored_);
  }

 private:
  std::uint32_t up_to(std::uint32_t most) {
    return std::uniform_int_distribution<std::uint32_t>{0, most}(random_);
  }

  run make() {
    std::vector<std::vector<candidate>> phases(up_to(4));
    int number = 0;
    for (auto& phase : phases)
      for (auto left = up_to(20); left > 0; --left) {
        std::vector<std::string> needed;
        for (auto d = up_to(2); d > 0; --d) needed.push_back("k" + std::to_string(up_to(40)));
        phase.push_back(item("k" + std::to_string(number++), needed));
      }
    run_settings settings;
    settings.batch_items = 1 + up_to(10);
    settings.workers = most_ = 1 + up_to(5);
    settings.offers = 1 + up_to(3);
    auto head = header();
    if (up_to(3) == 0) head.budget_bytes = up_to(10000);
    return run{plan_of(std::move(phases)), settings, head,
               start + (up_to(5) == 0 ? duration{1s} : duration{1h})};
  }

  void start_loads(run& tested, time_point now) {
    for (auto& each : tested.take(now)) under_way_.push_back(std::move(each.key));
    if (!tested.finished()) BOOST_REQUIRE_LE(tested.in_flight(), most_);
  }

  void maybe_interfere(run& tested) {
    memory_report memory;
    switch (up_to(200)) {
      case 0:
        return tested.stop(run_outcome::cancelled, "cancelled");
      case 1:
        memory.used_share = 0.95;
        return tested.pressure(memory);
      case 2:
        memory.used_share = 0.85;
        return tested.pressure(memory);
      case 3:
        return tested.abandon(run_outcome::failed, "the world ended");
      case 4:
        return tested.settle(receipt("stranger", load_status::stored), 0, start);
      default:
        return;
    }
  }

  void settle_one(run& tested, time_point now) {
    std::swap(under_way_.back(), under_way_[up_to(static_cast<std::uint32_t>(under_way_.size() - 1))]);
    const auto status = static_cast<load_status>(up_to(8));
    tested.settle(receipt(under_way_.back(), status, up_to(500)), up_to(99) / 100.0, now);
    stored_ += status == load_status::stored ? 1 : 0;
    if (up_to(9) == 0)
      tested.settle(receipt(under_way_.back(), load_status::stored), 0, now);  // an answer that came twice
    under_way_.pop_back();
  }

  void check(const run& tested, time_point now) {
    const auto report = tested.report(now);
    BOOST_REQUIRE(report.reconciles());
    const auto progress = tested.progress();
    BOOST_REQUIRE_LE(progress.done, progress.total);
    BOOST_REQUIRE_EQUAL(progress.total, report.selected);
  }

  std::mt19937 random_;
  std::vector<std::string> under_way_;
  std::uint32_t most_ = 0;
  std::uint64_t stored_ = 0;  // loads that stored something, whether the run still waited for them or not
};

BOOST_AUTO_TEST_CASE(every_report_reconciles_whatever_happens) {
  for (std::uint32_t seed = 0; seed < 2000; ++seed) faulty_world{seed}.live_through();
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
