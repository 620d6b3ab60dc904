#include "actors/scheduling/timetable.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(timetables)

namespace {

schedule_entry entry(const std::string& id, duration interval, const std::string& cache = "pages") {
  return {id, {.cache = cache}, interval};
}

const time_point noon{std::chrono::hours{500'000}};

// What is due now runs and is over at once; tells what ran.
std::vector<std::string> run_due(timetable& table, time_point now) {
  table.look(now);
  auto due = table.due(now);
  for (const auto& id : due) {
    table.began(id, now);
    table.finished(id, {true, "fine", 0}, now);
  }
  return due;
}

schedule_state line(const timetable& table, std::size_t number = 0) {
  return table.status().schedules.at(number);
}

auto says(const std::string& text) {
  return [text](const error& e) { return std::string{e.what()}.find(text) != std::string::npos; };
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_new_entry_is_due_at_once_and_then_every_interval) {
  timetable table;
  table.start({{entry("a", 30min)}, {}}, noon);
  BOOST_TEST(table.due(noon).size() == 1u);
  table.began("a", noon);
  BOOST_TEST(table.due(noon + 40min).empty());  // still in progress
  table.finished("a", {true, "warmed 3", 0}, noon + 40min);
  BOOST_TEST(table.due(noon + 29min).empty());
  BOOST_TEST(table.due(noon + 30min).size() == 1u);
  BOOST_CHECK(table.next_due() == noon + 30min);
  BOOST_TEST(line(table).why == "every 30 min");
}

BOOST_AUTO_TEST_CASE(a_run_that_begins_late_moves_none_of_the_later_ones) {
  timetable table;
  table.start({{entry("a", 30min)}, {}}, noon);
  run_due(table, noon + 7s);
  BOOST_TEST(run_due(table, noon + 30min + 11s).size() == 1u);
  BOOST_CHECK(line(table).next_run == noon + 60min);
}

BOOST_AUTO_TEST_CASE(runs_missed_while_down_are_caught_up_once) {
  timetable before;
  before.start({{entry("a", 30min)}, {}}, noon);
  run_due(before, noon);
  timetable after;
  after.restore(before.keep(), noon + 5h);
  after.start({{entry("a", 30min)}, {}}, noon + 5h);
  BOOST_TEST(run_due(after, noon + 5h).size() == 1u);
  BOOST_TEST(run_due(after, noon + 5h + 29min).empty());
  BOOST_TEST(line(after).runs == 2u);
  BOOST_TEST(after.status().cycles == 2u);
}

BOOST_AUTO_TEST_CASE(a_restart_within_the_interval_keeps_the_next_run) {
  timetable before;
  before.start({{entry("a", 30min)}, {}}, noon);
  before.began("a", noon);
  timetable after;
  after.start({{entry("a", 30min)}, {}}, noon + 10min);
  after.restore(before.keep(), noon + 10min);
  BOOST_TEST(after.due(noon + 29min).empty());
  BOOST_TEST(after.due(noon + 30min).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_clock_that_steps_back_neither_stops_nor_doubles_an_interval) {
  timetable table;
  table.start({{entry("a", 30min)}, {}}, noon);
  run_due(table, noon);
  run_due(table, noon + 10min);
  BOOST_TEST(run_due(table, noon + 10min - 10h).empty());
  BOOST_TEST(run_due(table, noon + 29min - 10h).empty());
  BOOST_TEST(run_due(table, noon + 30min - 10h).size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_two_runs_of_one_cache_go_on_at_once) {
  timetable table;
  table.start({{entry("a", 30min), entry("b", 1h), entry("c", 1h, "users")}, {}}, noon);
  BOOST_TEST(table.due(noon) == (std::vector<std::string>{"a", "c"}));
  table.began("a", noon);
  BOOST_TEST(table.due(noon) == (std::vector<std::string>{"c"}));
  BOOST_TEST(line(table, 1).why == "due, and waits for the run of a");
  table.finished("a", {true, "fine", 0}, noon);
  BOOST_TEST(table.due(noon) == (std::vector<std::string>{"b", "c"}));
}

BOOST_AUTO_TEST_CASE(a_run_goes_on_in_the_books_when_the_schedule_is_replaced_meanwhile) {
  timetable table;
  table.start({{entry("a", 30min)}, {}}, noon);
  table.began("a", noon);
  table.start({{entry("b", 30min)}, {}}, noon + 1min);
  BOOST_TEST(table.due(noon + 1min).empty());  // of the same cache
  table.finished("a", {false, "the origin is down", 0}, noon + 2min);
  BOOST_TEST(table.due(noon + 2min).size() == 1u);
  BOOST_TEST(line(table, 1).result == "the origin is down");
}

BOOST_AUTO_TEST_CASE(stopping_remembers_what_ran) {
  timetable table;
  table.start({{entry("a", 30min), entry("b", 1h, "users")}, {}}, noon);
  table.began("a", noon);
  table.stop();
  table.finished("a", {false, "the origin is down", 0}, noon + 1s);
  BOOST_TEST(!table.status().running);
  BOOST_REQUIRE(table.status().schedules.size() == 2u);
  BOOST_TEST(line(table).result == "the origin is down");
  BOOST_TEST(line(table).failures == 1u);
  BOOST_TEST(line(table).last_error == "the origin is down");
  BOOST_TEST(run_due(table, noon + 10h).empty());
  table.start({{entry("a", 30min)}, {}}, noon + 1min);
  BOOST_TEST(run_due(table, noon + 2min).empty());  // ran two minutes ago
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_by_hand_runs_beside_what_is_planned) {
  timetable table;
  table.start({{entry("a", 30min)}, {}}, noon);
  run_due(table, noon);
  BOOST_TEST(table.ask_by_hand("a"));
  BOOST_TEST(!table.ask_by_hand("b"));
  BOOST_TEST(run_due(table, noon + 10min).size() == 1u);
  BOOST_CHECK(line(table).next_run == noon + 30min);
  table.stop();
  table.ask_by_hand("a");
  BOOST_TEST(run_due(table, noon + 40min).size() == 1u);
  BOOST_TEST(run_due(table, noon + 10h).empty());
  BOOST_TEST(line(table).runs == 3u);
}

BOOST_AUTO_TEST_CASE(jitter_is_the_same_for_a_schedule_and_differs_between_nodes) {
  auto jittered = entry("a", 30min);
  jittered.jitter = 10min;
  const auto second_run = [&](const std::string& node) {
    timetable table{node};
    table.start({{jittered}, {}}, noon);
    BOOST_TEST(run_due(table, noon).size() == 1u);  // the first run is not put off
    return line(table).next_run - noon;
  };
  BOOST_CHECK(second_run("one") == second_run("one"));
  BOOST_CHECK(second_run("one") != second_run("two"));
  for (const auto* node : {"one", "two", "three"}) {
    BOOST_CHECK(second_run(node) >= 30min);
    BOOST_CHECK(second_run(node) < 40min);
  }
}

BOOST_AUTO_TEST_CASE(a_jittered_interval_keeps_its_period) {
  auto jittered = entry("a", 30min);
  jittered.jitter = 10min;
  timetable table;
  table.start({{jittered}, {}}, noon);
  run_due(table, noon);
  const auto second = line(table).next_run;
  run_due(table, second + 3s);
  BOOST_CHECK(line(table).next_run == second + 30min);
}

BOOST_AUTO_TEST_CASE(a_loaded_machine_puts_runs_off_up_to_a_limit) {
  timetable table;
  table.start({{entry("a", 1h)}, {}}, noon);
  auto& row = *table.find("a");
  BOOST_TEST(row.defer(noon, 30min, "busy"));
  BOOST_TEST(row.defer(noon + 29min, 30min, "busy"));
  BOOST_TEST(!row.defer(noon + 30min, 30min, "busy"));
  BOOST_TEST(line(table).deferrals == 1u);
  run_due(table, noon + 30min);
  BOOST_TEST(row.defer(noon + 60min, 30min, "busy"));  // each run has its own patience
  BOOST_TEST(line(table).deferrals == 2u);
}

BOOST_AUTO_TEST_CASE(intervals_are_fitted_to_the_accesses_and_stay_so_over_a_restart) {
  timetable table;
  table.start({{entry("a", 1h), entry("b", 1h, "users"), entry("c", 1h, "quiet")}, {}}, noon);
  for (int minute = 0; minute <= 10; ++minute) {
    const auto passed = static_cast<std::uint64_t>(minute);
    table.observe({{.cache = "pages", .accesses = 3 * passed}, {.cache = "users", .accesses = passed}},
                  noon + minute * 1min);
  }
  const auto told = table.optimize(false, noon + 10min);
  BOOST_CHECK(line(table).interval == 1h);
  const auto changes = table.optimize(true, noon + 10min).changes;
  BOOST_REQUIRE(changes.size() == 3u);
  BOOST_TEST(told.changes.size() == 3u);
  BOOST_TEST(changes[0].accesses_per_minute == 3.0);
  BOOST_CHECK(changes[0].before == 1h);
  BOOST_CHECK(changes[0].after == 15min);
  BOOST_TEST(changes[0].applied);
  BOOST_CHECK(changes[1].after == 30min);  // 1 a minute is not above it
  BOOST_TEST(!changes[2].applied);         // nothing is known of it
  timetable after;
  after.restore(table.keep(), noon + 11min);
  after.start({{entry("a", 1h), entry("b", 2h, "users")}, {}}, noon + 11min);
  BOOST_CHECK(line(after, 0).interval == 15min);
  BOOST_CHECK(line(after, 1).interval == 2h);  // another one was given
}

BOOST_AUTO_TEST_CASE(adaptive_intervals_follow_the_accesses_by_themselves) {
  auto adaptive = entry("a", 0s);
  adaptive.kind = schedule_kind::adaptive;
  timetable table;
  table.start({{adaptive}, {}}, noon);
  run_due(table, noon);
  BOOST_CHECK(line(table).next_run == noon + 1h);
  table.observe({{.cache = "pages", .accesses = 0}}, noon);
  table.observe({{.cache = "pages", .accesses = 100}}, noon + 2min);
  BOOST_CHECK(line(table).next_run == noon + 15min);
  BOOST_TEST(line(table).why == "every 15 min, fitted to 50.00 accesses a minute");
  auto of_a_key = adaptive;
  of_a_key.id = "task";
  of_a_key.frequency_key = "start";
  table.start({{of_a_key}, {}}, noon + 2min);
  table.measured("task", 0.05, noon + 3min);
  BOOST_CHECK(line(table).interval == 2h);
}

BOOST_AUTO_TEST_CASE(a_schedule_without_a_cache_takes_the_one_that_needs_it_most) {
  auto neediest = entry("a", 1h, "");
  neediest.target = schedule_target::lowest_hit_ratio;
  auto slowest = entry("b", 1h, "");
  slowest.target = schedule_target::slowest;
  timetable table;
  table.start({{neediest, slowest}, {}}, noon);
  BOOST_TEST(line(table).cache.empty());
  table.observe({{.cache = "pages", .recent_hit_ratio = 0.9, .miss_cost_us = 50'000},
                 {.cache = "users", .recent_hit_ratio = 0.5, .miss_cost_us = 1'000},
                 {.cache = "new", .recent_hit_ratio = -1}},
                noon);
  BOOST_TEST(line(table, 0).cache == "users");
  BOOST_TEST(line(table, 1).cache == "pages");
}

BOOST_AUTO_TEST_CASE(what_a_run_came_to_is_asked_once_some_time_later) {
  timetable table;
  table.start({{entry("a", 40min)}, {}}, noon);
  table.began("a", noon);
  table.finished("a", {true, "fine", 7}, noon + 1min);
  BOOST_TEST(table.take_follow_ups(noon + 20min).empty());
  BOOST_TEST(table.take_follow_ups(noon + 21min).size() == 1u);
  BOOST_TEST(table.take_follow_ups(noon + 22min).empty());
  warm_report report;
  report.run = 7;
  report.warmed = 10;
  report.used = 8;
  report.hit_ratio_before = 0.5;
  report.hit_ratio_after = 0.75;
  table.find("a")->followed_up(report);
  BOOST_TEST(line(table).used_share == 0.8);
  BOOST_TEST(line(table).hit_ratio_before == 0.5);
  BOOST_TEST(line(table).hit_ratio_after == 0.75);
}

BOOST_AUTO_TEST_CASE(mistakes_are_named) {
  timetable table;
  const auto refuses = [&](schedule_entry wrong, const std::string& text) {
    BOOST_CHECK_EXCEPTION(table.start({{std::move(wrong)}, {}}, noon), error, says(text));
  };
  refuses(entry("a", 0s), "\"a\": the interval must be at least 1 s");
  refuses(entry("", 1h), "id");
  refuses(entry("a", 1h, ""), "names no cache");
  auto wrong = entry("a", 1h);
  wrong.jitter = 2h;
  refuses(wrong, "jitter");
  wrong = entry("a", 1h);
  wrong.calendar = "nyse";
  refuses(wrong, "no calendar \"nyse\"");
  wrong = entry("a", 1h);
  wrong.in_session = true;
  refuses(wrong, "sessions");
  wrong = entry("a", 1h);
  wrong.kind = schedule_kind::times;
  refuses(wrong, "times of day");
  wrong.times_s = {86'400};
  refuses(wrong, "within a day");
  wrong.times_s = {0};
  wrong.time_zone = "Europe/Atlantis";
  refuses(wrong, "Europe/Atlantis");
  wrong = entry("a", 1h);
  wrong.kind = schedule_kind::event;
  wrong.event = schedule_event::ttl_nearly_out;
  refuses(wrong, "expire");
  BOOST_CHECK_EXCEPTION(table.start({{entry("a", 1h), entry("a", 1h)}, {}}, noon), error, says("twice"));
  std::vector<schedule_entry> many(most_schedules + 1, entry("a", 1h));
  BOOST_CHECK_THROW(table.start({many, {}}, noon), error);
  BOOST_TEST(!table.status().running);
}

BOOST_AUTO_TEST_SUITE_END()
