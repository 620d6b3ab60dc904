#include "tests/actors/scheduling/scheduling_world.hpp"

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(scheduler_actor_behaviour)

BOOST_FIXTURE_TEST_CASE(warms_at_once_and_then_every_interval, scheduling_world) {
  auto handle = launch();
  ask<scheduler_status>(handle, every(30min));
  BOOST_TEST(warmer->seen.size() == 1u);
  BOOST_TEST(warmer->seen[0].reason == "schedule popular pages");
  for (int minute = 0; minute < 60; ++minute) advance(1min);
  BOOST_TEST(warmer->seen.size() == 3u);
  const auto status = ask<scheduler_status>(handle, status_request{});
  BOOST_TEST(status.running);
  BOOST_TEST(status.schedules.at(0).result == "warmed 3 of 3, 0 failed");
  BOOST_TEST(status.schedules.at(0).succeeded);
}

BOOST_FIXTURE_TEST_CASE(stops_when_told, scheduling_world) {
  auto handle = launch();
  ask<scheduler_status>(handle, every(30min));
  BOOST_TEST(!ask<scheduler_status>(handle, stop_schedule{}).running);
  for (int hour = 0; hour < 3; ++hour) advance(1h);
  BOOST_TEST(warmer->seen.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(runs_every_entry_on_demand, scheduling_world) {
  auto handle = launch();
  ask<scheduler_status>(handle, every(30min));
  ask<scheduler_status>(handle, run_schedule_now{});
  BOOST_TEST(warmer->seen.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(never_runs_an_entry_twice_at_once_and_gives_up_in_the_end, scheduling_world) {
  warmer->silent = true;
  auto handle = launch();
  ask<scheduler_status>(handle, every(1min));
  for (int i = 0; i < 4; ++i) advance(1min);
  BOOST_TEST(warmer->seen.size() == 1u);
  advance(1min);  // the run's time-out
  const auto line = ask<scheduler_status>(handle, status_request{}).schedules.at(0);
  BOOST_TEST(!line.succeeded);
  BOOST_TEST(line.result.find("timeout") != std::string::npos);
  advance(1min);
  BOOST_TEST(warmer->seen.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_failed_run_is_told_and_the_next_one_comes, scheduling_world) {
  warmer->fail = true;
  auto handle = launch();
  ask<scheduler_status>(handle, every(30min));
  BOOST_TEST(ask<scheduler_status>(handle, status_request{}).schedules.at(0).result == "the origin is down");
  for (int i = 0; i < 30; ++i) advance(1min);
  BOOST_TEST(warmer->seen.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_warmer_that_is_down_is_told, scheduling_world) {
  peers->warmer("pages", {});
  auto handle = launch();
  ask<scheduler_status>(handle, every(30min));
  const auto line = ask<scheduler_status>(handle, status_request{}).schedules.at(0);
  BOOST_TEST(line.result.find("not running") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(waits_while_memory_is_critical, scheduling_world) {
  auto handle = launch();
  level(handle, pressure_level::high, pressure_level::critical);
  ask<scheduler_status>(handle, every(30min));
  BOOST_TEST(warmer->seen.empty());
  BOOST_TEST(line(handle).why == "due, and waits for memory, which is critical");
  level(handle, pressure_level::critical, pressure_level::low);
  BOOST_TEST(warmer->seen.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(remembers_its_last_run_over_a_restart, scheduling_world) {
  auto first = launch();
  ask<scheduler_status>(first, every(30min));
  caf::anon_send_exit(first, caf::exit_reason::kill);
  advance(10min);
  auto second = launch_anew();
  ask<scheduler_status>(second, every(30min));
  BOOST_TEST(warmer->seen.size() == 1u);
  for (int i = 0; i < 20; ++i) advance(1min);
  BOOST_TEST(warmer->seen.size() == 2u);
  BOOST_TEST(ask<scheduler_status>(second, status_request{}).cycles == 2u);
}

BOOST_FIXTURE_TEST_CASE(goes_on_where_it_was_when_it_is_restarted_within_the_process, scheduling_world) {
  auto first = launch();
  ask<scheduler_status>(first, every(30min));
  caf::anon_send_exit(first, caf::exit_reason::kill);
  advance(10min);
  auto second = launch();
  BOOST_TEST(ask<scheduler_status>(second, status_request{}).running);
  pass_minutes(20);
  BOOST_TEST(warmer->seen.size() == 2u);
  ask<scheduler_status>(second, stop_schedule{});
  caf::anon_send_exit(second, caf::exit_reason::kill);
  run();
  BOOST_TEST(!ask<scheduler_status>(launch(), status_request{}).running);
}

BOOST_FIXTURE_TEST_CASE(waits_while_the_machine_is_loaded_but_not_for_ever, scheduling_world) {
  double stall = 0.9;
  config.read_load = [&] { return machine_load{.stall_share = stall, .load_per_core = {}}; };
  auto handle = launch();
  ask<scheduler_status>(handle, every(2h));
  pass_minutes(29);
  BOOST_TEST(warmer->seen.empty());
  BOOST_TEST(line(handle).why == "due, and waits for the machine to be less loaded");
  BOOST_TEST(ask<scheduler_status>(handle, status_request{}).machine_load == 1.5,
             boost::test_tools::tolerance(1e-9));
  pass_minutes(1);
  BOOST_TEST(warmer->seen.size() == 1u);  // the longest deferral
  pass_minutes(95);
  BOOST_TEST(warmer->seen.size() == 1u);
  stall = 0.1;
  advance(5s);
  BOOST_TEST(warmer->seen.size() == 2u);  // within seconds
  BOOST_TEST(line(handle).deferrals == 2u);
}

BOOST_FIXTURE_TEST_CASE(what_is_asked_for_by_hand_does_not_wait_for_the_load, scheduling_world) {
  config.read_load = [] { return machine_load{.stall_share = 0.9, .load_per_core = {}}; };
  auto handle = launch();
  ask<scheduler_status>(handle, every(2h));
  BOOST_TEST(warmer->seen.empty());
  ask<scheduler_status>(handle, run_schedule_now{"popular pages"});
  BOOST_TEST(warmer->seen.size() == 1u);
  BOOST_TEST(ask_error<scheduler_status>(handle, run_schedule_now{"other"}).find("other") !=
             std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(two_schedules_of_one_cache_run_one_after_the_other, scheduling_world) {
  warmer->silent = true;
  auto both = every(1h);
  both.entries.push_back({"second", {.cache = "pages"}, 1h});
  auto handle = launch();
  ask<scheduler_status>(handle, both);
  BOOST_TEST(warmer->seen.size() == 1u);
  warmer->silent = false;
  pass_minutes(5);  // until the first run's time-out
  BOOST_TEST(warmer->seen.size() == 2u);
  BOOST_TEST(warmer->seen[1].reason == "schedule second");
}

BOOST_FIXTURE_TEST_CASE(stopping_waits_for_runs_under_way_as_long_as_it_is_told, scheduling_world) {
  warmer->silent = true;
  auto handle = launch();
  ask<scheduler_status>(handle, every(1h));
  auto stopping = self->request(handle, caf::infinite, stop_schedule{10min});
  run();
  advance(4min);
  BOOST_TEST(line(handle).in_progress);
  advance(1min);  // the run's time-out
  bool answered = false;
  stopping.receive(
      [&](const scheduler_status& status) {
        answered = true;
        BOOST_TEST(!status.running);
        BOOST_TEST(!status.schedules.at(0).in_progress);
      },
      [&](const caf::error& failure) { BOOST_FAIL(describe(failure)); });
  BOOST_TEST(answered);
  ask<scheduler_status>(handle, every(1h));
  ask<scheduler_status>(handle, run_schedule_now{});
  auto hasty = self->request(handle, caf::infinite, stop_schedule{1min});
  run();
  advance(1min);
  hasty.receive([](const scheduler_status& status) { BOOST_TEST(status.schedules.at(0).in_progress); },
                [&](const caf::error& failure) { BOOST_FAIL(describe(failure)); });
}

BOOST_FIXTURE_TEST_CASE(tells_what_a_run_came_to, scheduling_world) {
  auto handle = launch();
  ask<scheduler_status>(handle, every(1h));
  BOOST_TEST(line(handle).used_share < 0);
  pass_minutes(31);
  BOOST_TEST(line(handle).used_share == 2.0 / 3);
  BOOST_TEST(line(handle).hit_ratio_before == 0.5);
  BOOST_TEST(line(handle).hit_ratio_after == 0.75);
}

BOOST_FIXTURE_TEST_CASE(goes_on_without_a_history, scheduling_world) {
  peers->historian(track(sys.spawn(fake_historian, kept, true)));
  auto handle = launch();
  ask<scheduler_status>(handle, every(30min));
  BOOST_TEST(warmer->seen.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_schedule_is_refused_with_the_reason, scheduling_world) {
  auto handle = launch();
  BOOST_TEST(ask_error<scheduler_status>(handle, every(0s)).find("at least 1 s") != std::string::npos);
  BOOST_CHECK_THROW(validate(scheduler_config{}), error);
}

BOOST_AUTO_TEST_SUITE_END()
