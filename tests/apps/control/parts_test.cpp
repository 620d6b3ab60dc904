// The parts of the server by themselves: readiness, health, lanes, runs, plans, peers.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "apps/control/engine_lanes.hpp"
#include "apps/control/health.hpp"
#include "apps/control/peer_limits.hpp"
#include "apps/control/plan_shelf.hpp"
#include "apps/control/readiness.hpp"
#include "apps/control/run_board.hpp"
#include "apps/control/shared_status.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/gate.hpp"
#include "tests/fixtures/temporary_folder.hpp"

namespace stoker::test {

using namespace control;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1'000'000s};

cache_status cache_with(double recent, double steady, bool warm) {
  cache_status cache;
  cache.cache = "pages";
  cache.recent_hit_ratio = recent;
  cache.steady_hit_ratio = steady;
  cache.warm = warm;
  return cache;
}

engine_status status_of(const cache_status& cache) {
  engine_status status;
  status.at = start;
  status.caches.push_back(cache);
  return status;
}

warmer_status filled() {
  warmer_status warmer;
  warmer.cache = "pages";
  warmer.runs = 1;
  strategy_run run;
  run.strategy = "popular";
  run.succeeded = true;
  run.runs = 1;
  warmer.strategies.push_back(run);
  return warmer;
}

warm_plan plan_made(int second) {
  warm_plan plan;
  plan.cache = "pages";
  plan.made_at = start + std::chrono::seconds{second};
  candidate item;
  item.key = "/page";
  plan.phases.push_back({10, 0, {item}});
  plan.selected = 1;
  return plan;
}

const component_health& component(const health& whole, const std::string& name) {
  for (const auto& each : whole.components)
    if (each.component == name) return each;
  throw std::runtime_error{"no component " + name};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_readiness_test)

BOOST_AUTO_TEST_CASE(a_cold_cache_is_not_ready_and_says_why) {
  readiness_gate gate{start, 5min};
  const auto found = gate.look(status_of(cache_with(0.5, 0.9, false)), start + 1s);
  BOOST_TEST(!found.ready);
  BOOST_TEST(found.because == "still cold: pages");
  BOOST_TEST(found.caches.at(0).because == "its hit ratio is 50.0 %, and 90.0 % where it is steady");
}

BOOST_AUTO_TEST_CASE(a_warm_cache_is_ready_and_stays_so) {
  readiness_gate gate{start, 5min};
  BOOST_TEST(gate.look(status_of(cache_with(0.9, 0.9, true)), start).ready);
  BOOST_TEST(gate.look(status_of(cache_with(0.1, 0.9, false)), start).ready);
}

BOOST_AUTO_TEST_CASE(a_cache_that_was_filled_is_ready_before_traffic_comes) {
  readiness_gate gate{start, 5min};
  auto status = status_of(cache_with(-1, 0.9, false));
  BOOST_TEST(!gate.look(status, start).ready);
  status.warmers.push_back(filled());
  status.warmers[0].active_run = 2;
  BOOST_TEST(!gate.look(status, start).ready);
  status.warmers[0].active_run = 0;
  const auto found = gate.look(status, start);
  BOOST_TEST(found.ready);
  BOOST_TEST((found.caches.at(0).state == cache_readiness_state::primed));
}

BOOST_AUTO_TEST_CASE(a_cache_with_no_steady_state_is_not_waited_for_once_history_is_read) {
  readiness_gate gate{start, 5min};
  auto status = status_of(cache_with(-1, -1, false));
  status.tracker.restoring = true;
  BOOST_TEST(!gate.look(status, start).ready);
  status.tracker.restoring = false;
  BOOST_TEST(gate.look(status, start).ready);
  // What is learned later counts.
  BOOST_TEST(!gate.look(status_of(cache_with(0.2, 0.9, false)), start).ready);
}

BOOST_AUTO_TEST_CASE(past_the_deadline_it_is_ready_and_says_so) {
  readiness_gate gate{start, 5min};
  const auto cold = status_of(cache_with(0.5, 0.9, false));
  BOOST_TEST(!gate.look(cold, start + 5min - 1s).ready);
  const auto found = gate.look(cold, start + 5min);
  BOOST_TEST(found.ready);
  BOOST_TEST(found.past_deadline);
  BOOST_TEST(found.because == "the deadline is past; still cold: pages");
  readiness_gate patient{start, 0s};
  BOOST_TEST(!patient.look(cold, start + 24h).ready);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(control_health_test)

BOOST_AUTO_TEST_CASE(what_is_well_says_so) {
  const auto whole = health_of(status_of(cache_with(0.5, 0.5, true)));
  BOOST_TEST((whole.status == condition::ok));
  BOOST_TEST(component(whole, "cache").detail == "1 caches");
}

BOOST_AUTO_TEST_CASE(actors_that_are_down_or_silent_fail) {
  engine_status status;
  status.actors.push_back({"warmer pages", actor_condition::restarting, 1, "it threw", {}, -1});
  status.missing.push_back("memory monitor");
  const auto whole = health_of(status);
  BOOST_TEST((whole.status == condition::failing));
  BOOST_TEST(component(whole, "warmer").detail == "warmer pages is restarting after it died: it threw");
  BOOST_TEST(component(whole, "memory").detail == "memory monitor did not answer in time");
}

BOOST_AUTO_TEST_CASE(what_works_badly_is_degraded) {
  engine_status status;
  status.memory.level = pressure_level::high;
  status.history.write_errors = 2;
  status.tracker.restoring = true;
  status.origins.push_back({"database"});
  status.origins[0].breaker = breaker_state::half_open;
  auto lossy = cache_with(0, 0, false);
  lossy.dropped_accesses = 3;
  status.caches.push_back(lossy);
  status.warmers.push_back(filled());
  status.warmers[0].strategies[0].succeeded = false;
  schedule_state failed;
  failed.runs = 1;
  status.scheduler.schedules.push_back(failed);
  const auto whole = health_of(status);
  for (const char* name : {"memory", "history", "tracker", "origin", "cache", "warmer", "scheduler"})
    BOOST_TEST((component(whole, name).status == condition::degraded), name);
  status.origins[0].breaker = breaker_state::open;
  BOOST_TEST((health_of(status).status == condition::failing));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(control_parts_test)

BOOST_AUTO_TEST_CASE(a_question_is_answered_or_given_up) {
  engine_lanes lanes{1, 1, 50ms};
  BOOST_TEST(lanes.ask([] { return 7; }) == 7);
  BOOST_CHECK_THROW(lanes.ask([]() -> int { throw error{errc::busy, "no"}; }), error);
  auto closed = std::make_shared<gate>();
  const auto wait = [closed] {
    closed->enter();
    return 0;
  };
  const auto status = [](const refused& failure) { return failure.why().status; };
  BOOST_CHECK_EXCEPTION(lanes.ask(wait), refused,
                        [&](const auto& failure) { return status(failure) == 504; });
  BOOST_CHECK_EXCEPTION(lanes.ask(wait), refused,
                        [&](const auto& failure) { return status(failure) == 504; });
  BOOST_CHECK_EXCEPTION(lanes.ask(wait), refused,
                        [&](const auto& failure) { return status(failure) == 503; });
  closed->open();
  BOOST_TEST(eventually([&] {
    try {
      return lanes.ask([] { return true; });
    } catch (const refused&) {
      return false;
    }
  }));
  lanes.stop();
  BOOST_CHECK_EXCEPTION(lanes.ask([] { return 0; }), refused,
                        [&](const auto& failure) { return status(failure) == 503; });
}

BOOST_AUTO_TEST_CASE(a_status_is_shared_until_it_is_old_or_something_changed) {
  int collected = 0;
  auto now = start;
  shared_status shared{[&] {
                         engine_status status;
                         status.tracker.keys = static_cast<std::uint64_t>(++collected);
                         return status;
                       },
                       [&] { return now; }, 50ms};
  BOOST_TEST(!shared.fresh());
  BOOST_TEST(shared.get()->tracker.keys == 1u);
  now += 49ms;
  BOOST_TEST(shared.get()->tracker.keys == 1u);
  BOOST_TEST(shared.fresh()->tracker.keys == 1u);
  now += 1ms;
  BOOST_TEST(!shared.fresh());
  BOOST_TEST(shared.get()->tracker.keys == 2u);
  shared.changed();
  BOOST_TEST(!shared.fresh());
  BOOST_TEST(shared.get()->tracker.keys == 3u);
}

BOOST_AUTO_TEST_CASE(who_asks_while_a_status_is_collected_shares_it) {
  gate closed;
  std::atomic<int> collected{0};
  shared_status shared{[&] {
                         ++collected;
                         closed.enter();
                         return engine_status{};
                       },
                       [] { return start; }, 50ms};
  std::thread first{[&] { shared.get(); }};
  closed.wait_until_entered();
  std::thread second{[&] { shared.get(); }};
  closed.open();
  first.join();
  second.join();
  BOOST_TEST(collected == 1);
}

BOOST_AUTO_TEST_CASE(a_status_that_can_not_be_had_is_told_to_who_asked) {
  shared_status shared{[]() -> engine_status {
                         throw error{errc::timed_out, "no"};
                       },
                       [] { return start; }, 50ms};
  BOOST_CHECK_THROW(shared.get(), error);
  BOOST_CHECK_THROW(shared.get(), error);
}

BOOST_AUTO_TEST_CASE(runs_that_fail_tell_why) {
  run_board runs{2, [] { return start; }, [](const std::string&) {}};
  const auto busy = runs.start("warm", "pages", [](const auto&) -> control::json {
    throw error{errc::busy, "a run goes on"};
  });
  const auto entry = runs.wait(busy, 1min);
  BOOST_TEST_REQUIRE(entry.has_value());
  BOOST_TEST((entry->phase == run_phase::failed));
  BOOST_TEST(entry->failure->status == 409);
  BOOST_TEST(!runs.wait(99, 1min).has_value());
}

BOOST_AUTO_TEST_CASE(stopping_cancels_what_goes_on_until_it_ends) {
  gate closed;
  int cancelled = 0;
  run_board runs{2, [] { return start; },
                 [&](const std::string& cache) {
                   BOOST_TEST(cache == "pages");
                   if (++cancelled == 2) closed.open();  // the first came too early
                 }};
  runs.start("warm", "pages", [&](const auto& progress) {
    progress(warm_progress{1, 2, 3, 0, 1, 4});
    closed.enter();
    return control::json{};
  });
  closed.wait_until_entered();
  BOOST_TEST(runs.all().at(0).progress->done == 2u);
  BOOST_TEST(runs.running() == 1u);
  runs.stop();
  BOOST_TEST(cancelled == 2);
  BOOST_CHECK_THROW(runs.start("warm", "pages", [](const auto&) { return control::json{}; }), refused);
}

BOOST_AUTO_TEST_CASE(only_the_latest_runs_are_remembered) {
  run_board runs{1, [] { return start; }, [](const std::string&) {}};
  for (int i = 0; i < 150; ++i) {
    const auto id = runs.start("warm", "pages", [](const auto&) { return control::json{}; });
    runs.wait(id, 1min);
    BOOST_TEST_REQUIRE(eventually([&] { return runs.running() == 0; }));
  }
  BOOST_TEST(runs.all().size() == 100u);
  BOOST_TEST(runs.all().back().id == 150u);
}

BOOST_AUTO_TEST_CASE(plans_survive_in_their_folder) {
  temporary_folder folder;
  std::string id;
  {
    plan_shelf shelf{folder / "plans"};
    id = shelf.keep(plan_made(0));
    shelf.keep(plan_made(1));
  }
  plan_shelf shelf{folder / "plans"};
  BOOST_TEST(shelf.all().size() == 2u);
  BOOST_TEST(shelf.find(id)->phases.at(0).items.at(0).key == "/page");
  BOOST_TEST(shelf.remove(id));
  BOOST_TEST(!shelf.remove(id));
  BOOST_TEST(!shelf.find("../../etc/passwd").has_value());
  BOOST_TEST(plan_shelf{folder / "plans"}.all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_oldest_plan_goes_when_there_are_too_many) {
  plan_shelf shelf;
  const auto first = shelf.keep(plan_made(0));
  for (std::size_t i = 1; i <= most_kept_plans; ++i) shelf.keep(plan_made(static_cast<int>(i)));
  BOOST_TEST(shelf.all().size() == most_kept_plans);
  BOOST_TEST(!shelf.find(first).has_value());
}

BOOST_AUTO_TEST_CASE(a_folder_that_can_not_be_made_is_refused) {
  BOOST_CHECK_THROW(plan_shelf{"/proc/plans"}, error);
}

BOOST_AUTO_TEST_CASE(each_peer_has_a_bucket_of_its_own_until_there_are_too_many) {
  peer_limits limits{1, 1, 2, start};
  duration wait{};
  BOOST_TEST(limits.take("a", start, wait));
  BOOST_TEST(!limits.take("a", start, wait));
  BOOST_TEST(wait > 900ms);
  BOOST_TEST(limits.take("b", start, wait));
  BOOST_TEST(limits.take("c", start, wait));  // the bucket of all others
  BOOST_TEST(!limits.take("d", start, wait));
  // Peers that have not asked for a while make room.
  BOOST_TEST(limits.take("d", start + 2s, wait));
  peer_limits unlimited{0, 0, 1, start};
  for (int i = 0; i < 100; ++i) BOOST_TEST_REQUIRE(unlimited.take("a", start, wait));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
