#include "actors/warming/warmer_actor.hpp"

#include <algorithm>
#include <random>

#include "tests/actors/warming/warmer_world.hpp"

namespace warmer_actor_suite {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

warm_request with_strategies(std::vector<std::string> names) {
  warm_request request;
  request.strategies = std::move(names);
  return request;
}

strategy host_proposing(const std::string& name,
                        std::function<std::vector<candidate>(const strategy_context&)> propose) {
  return {"", name, "", {}, host_strategy{std::move(propose)}};
}

strategy action(const std::string& name, std::function<bool(const strategy_context&)> act) {
  return {"", name, "", {}, host_action{std::move(act)}};
}

candidate proposal(const std::string& key) {
  candidate result;
  result.key = key;
  result.probability = 0.5;
  return result;
}

}  // namespace warmer_actor_suite

BOOST_FIXTURE_TEST_SUITE(warmer_actor_suite, warmer_world)

BOOST_AUTO_TEST_CASE(warms_what_the_strategy_proposes_from_every_shard) {
  auto settings = config();
  settings.recent_hit_ratio = [] { return 0.7; };
  warm_request request;
  request.reason = "schedule nightly";
  const auto report = warm(start(settings), request);
  BOOST_CHECK(report.outcome == run_outcome::completed);
  BOOST_CHECK_EQUAL(report.run, 1u);
  BOOST_CHECK_EQUAL(report.candidates, 3u);
  BOOST_CHECK_EQUAL(report.warmed, 3u);
  BOOST_CHECK_EQUAL(report.bytes, 300u);
  BOOST_CHECK_EQUAL(report.reason, "schedule nightly");
  BOOST_CHECK_EQUAL(report.hit_ratio_before, 0.7);
  BOOST_CHECK_EQUAL(report.strategies.at(0), "popular");
  BOOST_CHECK(report.slowest_load == duration{3ms});
  BOOST_CHECK_EQUAL(origin->asked.size(), 3u);
}

BOOST_AUTO_TEST_CASE(takes_a_lease_for_what_it_wants_and_gives_it_back) {
  warm(start());
  BOOST_REQUIRE_EQUAL(arbiter->asked.size(), 1u);
  BOOST_CHECK_EQUAL(arbiter->asked[0].holder, "pages");
  BOOST_CHECK_EQUAL(arbiter->asked[0].bytes, 3u * (100 + 1 + entry_overhead_bytes));
  BOOST_REQUIRE_EQUAL(arbiter->returned.size(), 1u);
  BOOST_CHECK_EQUAL(arbiter->returned[0].id, 1u);
  BOOST_CHECK_EQUAL(arbiter->returned[0].used_bytes, 300u);
}

BOOST_AUTO_TEST_CASE(a_second_run_is_answered_busy_and_the_first_goes_on) {
  origin->decide = [](const load_item&) { return deed::hang; };
  const auto tested = start();
  const auto first = run_later(tested);
  const auto second = run_later(tested);
  BOOST_CHECK_EQUAL(second->failure, "cache pages: run 1 (user) is under way; wait for it or cancel it");
  BOOST_CHECK_EQUAL(status(tested).active_run, 1u);
  BOOST_CHECK_EQUAL(wait_for(first, 1h, 10s).failed, 3u);
  BOOST_CHECK_EQUAL(status(tested).active_run, 0u);
}

BOOST_AUTO_TEST_CASE(an_unknown_strategy_and_a_bad_parameter_are_clear_errors) {
  const auto tested = start();
  BOOST_CHECK(run_later(tested, with_strategies({"psychic"}))
                  ->failure.starts_with("cache pages has no strategy \"psychic\"; there are: "));
  auto request = with_strategies({"popular"});
  request.parameters = {{"limit", "lots"}};
  BOOST_CHECK(run_later(tested, request)->failure.find("parameter limit: \"lots\" given") !=
              std::string::npos);
  BOOST_CHECK_EQUAL(status(tested).runs, 0u);
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_is_in_the_cache_already) {
  entries->put("a", value{"there"}, {}, now());
  const auto report = warm(start());
  BOOST_CHECK_EQUAL(report.selected, 2u);
  BOOST_CHECK_EQUAL(origin->asked.size(), 2u);
}

BOOST_AUTO_TEST_CASE(a_plan_shows_what_a_run_would_do_and_loads_nothing) {
  entries->put("a", value{"there"}, {}, now());
  const auto plan = ask<warm_plan>(start(), plan_request{});
  BOOST_CHECK_EQUAL(plan.selected, 2u);
  BOOST_REQUIRE_EQUAL(plan.left_out.size(), 1u);
  BOOST_CHECK(plan.left_out[0].reason == left_out_reason::fresh);
  BOOST_CHECK(origin->asked.empty());
  BOOST_CHECK_EQUAL(arbiter->returned.size(), 1u);
}

BOOST_AUTO_TEST_CASE(a_plan_that_was_made_before_can_be_run) {
  const auto tested = start();
  const auto plan = ask<warm_plan>(tested, plan_request{});
  const auto pending = ask_later<warm_report>(sys, tested, plan);
  run();
  const auto report = wait_for(pending);
  BOOST_CHECK_EQUAL(report.warmed, 3u);
  BOOST_CHECK_EQUAL(report.reason, "plan");
  auto others = plan;
  others.cache = "users";
  BOOST_CHECK_EQUAL(ask_error<warm_report>(tested, others),
                    "the plan is for cache \"users\", this is cache pages");
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_shards_that_answer) {
  trackers[1]->silent = true;
  const auto report = warm(start());
  BOOST_CHECK_EQUAL(report.warmed, 2u);
  BOOST_CHECK(report.outcome == run_outcome::completed);
}

BOOST_AUTO_TEST_CASE(without_any_tracker_the_run_fails_and_says_so) {
  const auto tested = start();
  trackers[0]->silent = trackers[1]->silent = true;
  auto report = warm(tested);
  BOOST_CHECK(report.outcome == run_outcome::failed);
  BOOST_CHECK_EQUAL(report.error, "popular: no tracker answered");
  peers->tracker(0, tracker_actor{});
  peers->tracker(1, tracker_actor{});
  report = warm(tested);
  BOOST_CHECK(report.outcome == run_outcome::failed);
  const auto known = status(tested);
  BOOST_CHECK_EQUAL(known.runs, 2u);
  BOOST_CHECK(!known.strategies.at(0).succeeded);
  BOOST_CHECK_EQUAL(known.strategies.at(0).error, "no tracker answered");
}

BOOST_AUTO_TEST_CASE(without_a_lease_the_run_fails_and_says_why) {
  const auto tested = start();
  arbiter->silent = true;
  auto report = warm(tested);
  BOOST_CHECK(report.outcome == run_outcome::failed);
  BOOST_CHECK(report.error.find("the memory arbiter gave no lease") != std::string::npos);
  arbiter->silent = false;
  arbiter->most_bytes = 0;
  BOOST_CHECK_EQUAL(warm(tested).error, "no memory was granted: scripted");
  peers->arbiter(arbiter_actor{});
  BOOST_CHECK_EQUAL(warm(tested).error, "the memory arbiter is being restarted; try again");
  BOOST_CHECK(origin->asked.empty());
}

BOOST_AUTO_TEST_CASE(keeps_within_the_lease_and_the_room_in_the_cache) {
  many_keys(100);
  arbiter->most_bytes = 10 * (100 + entry_overhead_bytes + 3);
  const auto report = warm(start());
  BOOST_CHECK_EQUAL(report.selected, 10u);
  BOOST_CHECK_EQUAL(report.budget_bytes, arbiter->most_bytes);
  BOOST_CHECK_LE(arbiter->asked[0].bytes, entries->stats().capacity_bytes);
}

BOOST_AUTO_TEST_CASE(a_run_over_a_full_cache_completes_and_leaves_everything_out) {
  entries = cache_of(memory_cache::min_capacity_bytes);
  for (int i = 0; i < 1000; ++i)
    entries->put("x" + std::to_string(i), value{std::string(100, 'x')}, {}, now());
  const auto room = entries->stats().capacity_bytes - entries->stats().bytes;
  const auto tested = start();
  const auto plan = ask<warm_plan>(tested, plan_request{});
  BOOST_CHECK_LE(plan.budget_bytes, room);
  BOOST_CHECK(warm(tested).outcome == run_outcome::completed);
}

BOOST_AUTO_TEST_CASE(asks_for_no_lease_when_everything_is_there) {
  for (const auto* key : {"a", "b", "c"}) entries->put(key, value{"there"}, {}, now());
  const auto report = warm(start());
  BOOST_CHECK(report.outcome == run_outcome::completed);
  BOOST_CHECK_EQUAL(report.selected, 0u);
  BOOST_CHECK(arbiter->asked.empty());
}

BOOST_AUTO_TEST_CASE(while_the_origin_is_down_items_are_tried_again_and_then_fail) {
  peers->origin("db", origin_actor{});
  const auto report = warm(start());
  BOOST_CHECK_EQUAL(report.failed, 3u);
  BOOST_CHECK_EQUAL(report.problems.at(0).reason, "origin db is being restarted");
}

BOOST_AUTO_TEST_CASE(an_origin_that_comes_back_is_used_again) {
  const auto handle = peers->origin("db");
  peers->origin("db", origin_actor{});
  const auto pending = run_later(start());
  peers->origin("db", handle);
  BOOST_CHECK_EQUAL(wait_for(pending).warmed, 3u);
}

BOOST_AUTO_TEST_CASE(an_origin_that_never_answers_holds_a_run_up_for_a_bounded_time) {
  origin->decide = [](const load_item& item) { return item.key == "b" ? deed::hang : deed::store; };
  const auto report = wait_for(run_later(start()), 10min, 1s);
  BOOST_CHECK_EQUAL(report.warmed, 2u);
  BOOST_CHECK_EQUAL(report.failed, 1u);
  BOOST_CHECK(report.problems.at(0).reason.find("origin db did not answer") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cancelled_run_reports_what_it_did) {
  many_keys(100);
  int loads = 0;
  origin->decide = [&](const load_item&) { return ++loads > 20 ? deed::hang : deed::store; };
  const auto tested = start();
  const auto pending = run_later(tested);
  const auto during = ask<warmer_status>(tested, cancel_run{1});
  BOOST_CHECK_EQUAL(during.active_run, 1u);
  const auto report = wait_for(pending, 10min, 1s);
  BOOST_CHECK(report.outcome == run_outcome::cancelled);
  BOOST_CHECK_EQUAL(report.warmed, 20u);
  BOOST_CHECK_EQUAL(report.failed, 4u);  // under way
  BOOST_CHECK_EQUAL(report.cancelled, 77u);
}

BOOST_AUTO_TEST_CASE(a_run_can_be_cancelled_before_it_begins_to_load) {
  trackers[0]->silent = true;
  const auto tested = start();
  const auto pending = run_later(tested);
  ask<warmer_status>(tested, cancel_run{0});
  BOOST_REQUIRE(pending->answer);
  BOOST_CHECK(pending->answer->outcome == run_outcome::cancelled);
  advance(10s);  // late answers of a run that is over change nothing
  BOOST_CHECK_EQUAL(status(tested).runs, 1u);
  BOOST_CHECK(origin->asked.empty());
}

BOOST_AUTO_TEST_CASE(cancelling_a_run_that_is_not_there_is_an_error) {
  const auto tested = start();
  BOOST_CHECK_EQUAL(ask_error<warmer_status>(tested, cancel_run{9}), "cache pages: run 9 is not under way");
  BOOST_CHECK_EQUAL(ask<warmer_status>(tested, cancel_run{0}).active_run, 0u);
}

BOOST_AUTO_TEST_CASE(a_run_ends_at_its_deadline) {
  many_keys(100);
  origin->decide = [](const load_item&) { return deed::hang; };
  warm_request request;
  request.deadline = 5s;
  const auto tested = start();
  const auto report = wait_for(run_later(tested, request), 6s);
  BOOST_CHECK(report.outcome == run_outcome::deadline_passed);
  BOOST_CHECK_EQUAL(report.cancelled, 101u);
  BOOST_CHECK_EQUAL(status(tested).active_run, 0u);
}

BOOST_AUTO_TEST_CASE(rising_pressure_stops_a_run) {
  many_keys(100);
  origin->decide = [](const load_item&) { return deed::hang; };
  const auto tested = start();
  const auto pending = run_later(tested);
  press(tested, 0.95);
  const auto report = wait_for(pending, 10min, 1s);
  BOOST_CHECK(report.outcome == run_outcome::stopped_by_pressure);
  BOOST_CHECK_EQUAL(report.cancelled, 97u);
}

BOOST_AUTO_TEST_CASE(progress_comes_at_a_bounded_rate_and_at_the_end) {
  many_keys(200);
  std::vector<warm_progress> heard;
  const auto listen = [](caf::event_based_actor*, std::vector<warm_progress>* notes) -> caf::behavior {
    return {[notes](const warm_progress& progress) { notes->push_back(progress); }};
  };
  const auto listener = track(sys.spawn(listen, &heard));
  const auto tested = start();
  warm_request request;
  const auto pending =
      ask_later<warm_report>(sys, tested, request, caf::actor_cast<caf::strong_actor_ptr>(listener));
  run();
  BOOST_REQUIRE(pending->answer);
  run();
  BOOST_REQUIRE_EQUAL(heard.size(), 2u);  // no time passed between the first and the last
  BOOST_CHECK_EQUAL(heard.back().done, 201u);
  BOOST_CHECK_EQUAL(heard.back().total, 201u);
  BOOST_CHECK_EQUAL(heard.back().bytes, 20100u);
}

BOOST_AUTO_TEST_CASE(a_strategy_of_the_hosts_proposes_beside_the_built_in_ones) {
  strategies->add(host_proposing("mine", [](const strategy_context& context) {
    BOOST_CHECK_EQUAL(context.cache, "pages");
    return std::vector<candidate>{proposal("mine"), proposal("a")};
  }));
  const auto tested = start();
  const auto report = warm(tested, with_strategies({"popular", "mine"}));
  BOOST_CHECK_EQUAL(report.candidates, 5u);
  BOOST_CHECK_EQUAL(report.warmed, 4u);
  for (const auto& known : status(tested).strategies)
    BOOST_CHECK_EQUAL(known.warmed, known.strategy == "mine" ? 2u : 3u);
}

BOOST_AUTO_TEST_CASE(a_host_strategy_that_throws_fails_alone) {
  strategies->add(host_proposing("broken", [](const strategy_context&) -> std::vector<candidate> {
    throw std::runtime_error{"no index"};
  }));
  const auto tested = start();
  BOOST_CHECK_EQUAL(warm(tested, with_strategies({"broken", "popular"})).warmed, 3u);
  const auto alone = warm(tested, with_strategies({"broken"}));
  BOOST_CHECK(alone.outcome == run_outcome::failed);
  BOOST_CHECK_EQUAL(alone.error, "broken: no index");
}

BOOST_AUTO_TEST_CASE(a_host_strategy_that_hangs_is_given_up) {
  auto settings = config();
  settings.run_host = [](std::function<void()>) { return true; };  // never runs it
  strategies->add(host_proposing("slow", [](const strategy_context&) { return std::vector<candidate>{}; }));
  const auto report = wait_for(run_later(start(settings), with_strategies({"slow"})), 10min, 10s);
  BOOST_CHECK(report.outcome == run_outcome::failed);
  BOOST_CHECK(report.error.find("slow: the host's function did not return") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_thread_for_the_hosts_function_the_strategy_fails) {
  auto settings = config();
  settings.run_host = [](std::function<void()>) { return false; };
  strategies->add(
      host_proposing("crowded", [](const strategy_context&) { return std::vector<candidate>{}; }));
  BOOST_CHECK(warm(start(settings), with_strategies({"crowded"})).outcome == run_outcome::failed);
}

BOOST_AUTO_TEST_CASE(an_action_warms_by_itself_and_counts_as_one_item) {
  int acted = 0;
  strategies->add(action("refresh", [&](const strategy_context&) { return ++acted > 0; }));
  strategies->add(action("fails", [](const strategy_context&) { return false; }));
  const auto tested = start();
  auto report = warm(tested, with_strategies({"refresh", "fails"}));
  BOOST_CHECK_EQUAL(acted, 1);
  BOOST_CHECK_EQUAL(report.selected, 2u);
  BOOST_CHECK_EQUAL(report.warmed, 1u);
  BOOST_CHECK_EQUAL(report.failed, 1u);
  BOOST_CHECK_EQUAL(report.problems.at(0).reason, "the action reported that it failed");
  const auto known = status(tested).strategies;
  BOOST_CHECK(!known.at(0).succeeded && known.at(1).succeeded);
  ask<warm_plan>(tested, plan_request{with_strategies({"refresh"})});
  BOOST_CHECK_EQUAL(acted, 1);
}

BOOST_AUTO_TEST_CASE(what_keys_depend_on_is_warmed_before_them) {
  auto settings = config();
  settings.dependencies = std::make_shared<dependency_graph>();
  settings.dependencies->set("a", {"layout"});
  const auto report = warm(start(settings));
  BOOST_CHECK_EQUAL(report.warmed, 4u);
  const auto place = [&](const char* key) {
    return std::find(origin->asked.begin(), origin->asked.end(), key);
  };
  BOOST_CHECK(place("layout") < place("a"));
}

BOOST_AUTO_TEST_CASE(rejects_a_config_that_could_not_work) {
  auto settings = config();
  settings.strategies = nullptr;
  BOOST_CHECK_THROW(validate(settings), error);
  settings = config();
  settings.default_strategies.clear();
  BOOST_CHECK_THROW(validate(settings), error);
  settings = config();
  settings.load_timeout = 0s;
  BOOST_CHECK_THROW(validate(settings), error);
  settings = config();
  settings.run.batch_items = 0;
  BOOST_CHECK_THROW(validate(settings), error);
}

BOOST_AUTO_TEST_CASE(every_report_reconciles_and_every_lease_comes_back_whatever_peers_do) {
  std::mt19937 random{11};
  const auto up_to = [&](int most) { return std::uniform_int_distribution<int>{0, most}(random); };
  const std::vector<deed> deeds{deed::store, deed::store,    deed::store,  deed::present, deed::absent,
                                deed::fail,  deed::throttle, deed::refuse, deed::shed,    deed::hang};
  origin->decide = [&](const load_item&) { return deeds[static_cast<std::size_t>(up_to(9))]; };
  auto settings = config();
  settings.load_timeout = 1s;
  const auto tested = start(settings);
  const auto handle = peers->origin("db");
  for (int round = 0; round < 60; ++round) {
    many_keys(up_to(60));
    trackers[1]->silent = up_to(5) == 0;
    arbiter->most_bytes = up_to(3) == 0 ? static_cast<std::uint64_t>(up_to(5000)) : 1 << 30;
    warm_request request;
    if (up_to(4) == 0) request.deadline = std::chrono::milliseconds{up_to(8000) + 1};
    if (up_to(4) == 0) request.limit = static_cast<std::uint32_t>(up_to(20));
    const auto pending = run_later(tested, request);
    for (int step = 0; step < 2000 && !pending->settled(); ++step) {
      if (up_to(100) == 0) ask<warmer_status>(tested, cancel_run{0});
      if (up_to(50) == 0) peers->origin("db", up_to(1) == 0 ? origin_actor{} : handle);
      if (up_to(100) == 0) press(tested, up_to(100) / 100.0, pressure_level::moderate);
      advance(100ms);
    }
    press(tested, 0.1, pressure_level::low);
    peers->origin("db", handle);
    const auto report = wait_for(pending);
    BOOST_REQUIRE_LE(report.bytes, report.budget_bytes);
    BOOST_REQUIRE_EQUAL(status(tested).active_run, 0u);
    if (report.budget_bytes > 0) BOOST_REQUIRE_EQUAL(arbiter->returned.back().id, arbiter->asked.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
