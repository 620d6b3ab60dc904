#include <algorithm>

#include "tests/actors/scheduling/scheduling_world.hpp"

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(scheduler_events_and_tasks)

BOOST_FIXTURE_TEST_CASE(warms_when_the_engine_starts_and_not_when_the_scheduler_does, scheduling_world) {
  auto first = launch();
  ask<scheduler_status>(first, on(schedule_event::engine_started));
  BOOST_TEST(warmer->seen.size() == 1u);
  caf::anon_send_exit(first, caf::exit_reason::kill);
  advance(10min);
  auto second = launch();
  BOOST_TEST(warmer->seen.size() == 1u);
  caf::anon_send_exit(second, caf::exit_reason::kill);
  advance(10min);
  ask<scheduler_status>(launch_anew(), on(schedule_event::engine_started));
  BOOST_TEST(warmer->seen.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(warms_a_cache_that_was_emptied_or_whose_back_end_was_restarted, scheduling_world) {
  cache_pulse pulse{.cache = "pages", .entries = 100, .instance = 1};
  config.pulses = [&] { return std::vector{pulse}; };
  auto handle = launch();
  ask<scheduler_status>(handle, on(schedule_event::cache_emptied));
  advance(5s);
  BOOST_TEST(warmer->seen.empty());
  pulse.entries = 0;
  advance(5s);
  BOOST_TEST(warmer->seen.size() == 1u);
  pass_minutes(2);
  pulse.instance = 2;
  advance(5s);
  BOOST_TEST(warmer->seen.size() == 2u);
  pass_minutes(2);
  caf::anon_send(handle, cache_event{"pages", schedule_event::cache_emptied, {}});  // it says so itself
  run();
  BOOST_TEST(warmer->seen.size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(warms_again_what_was_invalidated_by_tag, scheduling_world) {
  auto handle = launch();
  auto tagged = on(schedule_event::tags_invalidated);
  tagged.entries[0].tags = {"news"};
  ask<scheduler_status>(handle, tagged);
  caf::anon_send(handle, cache_event{"pages", schedule_event::tags_invalidated, {"sports"}});
  run();
  BOOST_TEST(warmer->seen.empty());
  caf::anon_send(handle, cache_event{"pages", schedule_event::tags_invalidated, {"news"}});
  run();
  BOOST_TEST(warmer->seen.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(warms_when_entries_are_about_to_expire, scheduling_world) {
  bool soon = false;
  config.expires_soon = [&](const std::string& cache, duration within) {
    BOOST_TEST(cache == "pages");
    return soon && within == 1min;
  };
  auto handle = launch();
  ask<scheduler_status>(handle, on(schedule_event::ttl_nearly_out));
  advance(5s);
  BOOST_TEST(warmer->seen.empty());
  soon = true;
  advance(5s);
  BOOST_TEST(warmer->seen.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(warms_when_memory_is_no_longer_short, scheduling_world) {
  auto handle = launch();
  ask<scheduler_status>(handle, on(schedule_event::pressure_eased));
  level(handle, pressure_level::low, pressure_level::high);
  BOOST_TEST(warmer->seen.empty());
  level(handle, pressure_level::high, pressure_level::moderate);
  BOOST_TEST(warmer->seen.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(fits_the_interval_of_a_task_to_how_often_its_key_is_asked_for, scheduling_world) {
  peers->tracker(0, track(sys.spawn(fake_tracker, 120)));
  schedule_entry task{"task a", {.cache = "pages"}, 1h};
  task.kind = schedule_kind::adaptive;
  task.frequency_key = "a";
  auto handle = launch();
  ask<scheduler_status>(handle, start_schedule{{task}, {}});
  const auto changes = ask<schedule_changes>(handle, optimize_schedules{}).changes;
  BOOST_REQUIRE(changes.size() == 1u);
  BOOST_TEST(changes[0].key == "a");
  BOOST_TEST(changes[0].accesses_per_minute == 2.0);
  BOOST_CHECK(line(handle).interval == 15min);
  BOOST_CHECK(line(handle).next_run - line(handle).last_run == 15min);
}

BOOST_FIXTURE_TEST_CASE(keeps_the_habits_of_weeks_though_nothing_ever_ran, scheduling_world) {
  cache_pulse pulse{.cache = "pages", .accesses = 7};
  config.pulses = [&] { return std::vector{pulse}; };
  schedule_entry peaks{"before peaks", {.cache = "pages"}};
  peaks.kind = schedule_kind::peaks;
  auto handle = launch();
  ask<scheduler_status>(handle, start_schedule{{peaks}, {}});
  pulse.accesses += 40;
  pass_minutes(16);
  const auto saved = decode_timetable(kept->bytes);
  BOOST_REQUIRE(saved && saved->habits.size() == 1u);
  const auto& slots = saved->habits[0].accesses;
  BOOST_TEST(std::count(slots.begin(), slots.end(), 41u) == 1);  // 40, and 1 for "was watched"
  caf::anon_send_exit(handle, caf::exit_reason::kill);
  run();
  auto again = launch_anew();
  ask<scheduler_status>(again, start_schedule{{peaks}, {}});
  pass_minutes(16);
  const auto later = decode_timetable(kept->bytes);
  BOOST_REQUIRE(later && later->habits.size() == 1u);
  BOOST_TEST(std::count(later->habits[0].accesses.begin(), later->habits[0].accesses.end(), 41u) == 1);
}

BOOST_FIXTURE_TEST_CASE(saves_what_was_learned_stage_by_stage, scheduling_world) {
  schedule_entry saving{"save", {}, 15min};
  saving.task = schedule_task::save;
  auto handle = launch();
  ask<scheduler_status>(handle, start_schedule{{saving}, {}});
  BOOST_TEST(line(handle).result == "some of what was learned could not be saved");  // there is no tracker
  peers->tracker(0, track(sys.spawn(fake_tracker, 120)));
  pass_minutes(15);
  BOOST_TEST(line(handle).result == "saved");
  BOOST_TEST(line(handle).succeeded);
  BOOST_TEST(line(handle).failures == 1u);
}

BOOST_FIXTURE_TEST_CASE(cleans_up_on_a_thread_of_its_own, scheduling_world) {
  schedule_entry cleaning{"clean up", {}, 1h};
  cleaning.task = schedule_task::clean_up;
  bool fails = false;
  config.clean_up = [&]() -> std::string {
    if (fails) throw std::runtime_error{"no rights"};
    return "2 expired entries removed";
  };
  config.run_host = [](const std::function<void()>& call) {
    call();
    return true;
  };
  auto handle = launch();
  ask<scheduler_status>(handle, start_schedule{{cleaning}, {}});
  BOOST_TEST(line(handle).result == "2 expired entries removed");
  fails = true;
  ask<scheduler_status>(handle, run_schedule_now{});
  BOOST_TEST(line(handle).result == "no rights");
  BOOST_TEST(!line(handle).succeeded);
}

BOOST_AUTO_TEST_SUITE_END()
