#include "actors/scheduling/scheduler_actor.hpp"

#include "messages/timetable_codec.hpp"
#include "tests/fixtures/actor_fixture.hpp"

using namespace stoker;
using namespace std::chrono_literals;

namespace {

// A warmer that answers at once, fails, or never answers.
struct warmer_double {
  std::vector<warm_request> seen;
  bool fail = false;
  bool silent = false;
};

warmer_actor::behavior_type fake_warmer(warmer_actor::pointer self, std::shared_ptr<warmer_double> state) {
  return {
      [=](const warm_request& request) -> caf::result<warm_report> {
        state->seen.push_back(request);
        if (state->silent) return self->make_response_promise();
        if (state->fail) return make_error(errc::load_failed, "the origin is down");
        warm_report report;
        report.selected = report.warmed = 3;
        return report;
      },
      [](const warm_request&, const caf::strong_actor_ptr&) { return warm_report{}; },
      [](const warm_plan&) { return warm_report{}; },
      [](const plan_request&) { return warm_plan{}; },
      [](cancel_run) { return warmer_status{}; },
      [](const prefetch_request&) {},
      [](const pressure_event&) {},
      [](const access_batch&) {},
      [](const rollback_run&) { return rollback_report{}; },
      [](const report_request&) { return warm_report{}; },
      [](const environment_request&) { return environment_report{}; },
      [](status_request) { return warmer_status{}; },
      [](tick) {},
  };
}

// A historian that keeps the last document of each name, or refuses everything.
historian_actor::behavior_type fake_historian(historian_actor::pointer, std::shared_ptr<document> kept,
                                              bool broken) {
  return {
      [](const history_write&) { return history_receipt{}; },
      [](const history_page_request&) { return history_page{}; },
      [=](const document& added) -> caf::result<history_receipt> {
        if (broken) return make_error(errc::history_failed, "disk full");
        *kept = added;
        return history_receipt{};
      },
      [=](const document_request& wanted) -> caf::result<document> {
        if (broken) return make_error(errc::history_failed, "disk full");
        return document{wanted.kind, wanted.name, kept->bytes};
      },
      [](const forget_request&) { return flushed{}; },
      [](flush_history) { return flushed{}; },
      [](status_request) { return historian_status{}; },
      [](tick) {},
  };
}

struct scheduling_world : test::actor_fixture {
  scheduling_world() {
    peers->warmer("pages", track(sys.spawn(fake_warmer, warmer)));
    peers->historian(track(sys.spawn(fake_historian, kept, false)));
  }
  ~scheduling_world() { peers->clear(); }

  scheduler_actor launch() {
    auto handle = track(sys.spawn(scheduler, scheduler_config{peers, clock(), 5min, 5s, 60s}));
    run();
    return handle;
  }

  static start_schedule every(duration interval) {
    return {{schedule_entry{"popular pages", {.cache = "pages"}, interval}}};
  }

  std::shared_ptr<warmer_double> warmer = std::make_shared<warmer_double>();
  std::shared_ptr<document> kept = std::make_shared<document>();
  std::shared_ptr<directory> peers = std::make_shared<directory>();
};

}  // namespace

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
  memory_report critical;
  critical.level = pressure_level::critical;
  caf::anon_send(handle, pressure_event{pressure_level::high, critical});
  run();
  ask<scheduler_status>(handle, every(30min));
  BOOST_TEST(warmer->seen.empty());
  caf::anon_send(handle, pressure_event{pressure_level::critical, {}});
  run();
  BOOST_TEST(warmer->seen.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(remembers_its_last_run_over_a_restart, scheduling_world) {
  auto first = launch();
  ask<scheduler_status>(first, every(30min));
  caf::anon_send_exit(first, caf::exit_reason::kill);
  advance(10min);
  auto second = launch();
  ask<scheduler_status>(second, every(30min));
  BOOST_TEST(warmer->seen.size() == 1u);
  for (int i = 0; i < 20; ++i) advance(1min);
  BOOST_TEST(warmer->seen.size() == 2u);
  BOOST_TEST(ask<scheduler_status>(second, status_request{}).cycles == 2u);
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
