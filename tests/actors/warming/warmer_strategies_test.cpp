// Strategies that ask others than the trackers' rankings, as a warmer runs them.
#include <algorithm>

#include "messages/key.hpp"
#include "tests/actors/warming/warmer_world.hpp"

namespace warmer_strategies_suite {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

struct strategies_world : warmer_world {
  warmer_config config() {
    auto settings = warmer_world::config();
    settings.tasks = tasks;
    settings.visits = visits;
    settings.dependencies = graph;
    settings.list_entries = [this] { return expiring; };
    return settings;
  }
  warmer_actor start() { return warmer_world::start(config()); }

  warm_report warm(const warmer_actor& tested, const std::string& strategy,
                   std::vector<strategy_parameter_value> parameters = {}) {
    warm_request request;
    request.strategies = {strategy};
    request.parameters = std::move(parameters);
    return warmer_world::warm(tested, request);
  }
  bool was_loaded(const std::string& key) const {
    return std::find(origin->asked.begin(), origin->asked.end(), key) != origin->asked.end();
  }
  tracker_script& tracker_of(const std::string& name) { return *trackers[hash_key(name) % 2]; }

  std::shared_ptr<task_book> tasks = std::make_shared<task_book>();
  std::shared_ptr<visit_book> visits = std::make_shared<visit_book>();
  std::shared_ptr<dependency_graph> graph = std::make_shared<dependency_graph>();
  std::vector<cache_entry_info> expiring;
};

}  // namespace warmer_strategies_suite

BOOST_FIXTURE_TEST_SUITE(warmer_strategies_suite, strategies_world)

BOOST_AUTO_TEST_CASE(what_goes_with_a_key_is_asked_of_the_keys_own_tracker) {
  auto& statistics = tracker_of("a").known.emplace_back();
  statistics.key = "a";
  statistics.count = 10;
  statistics.co_accessed = {{"together", 9}, {"once", 1}};
  const auto report = warm(start(), "correlated", {{"keys", "a"}});
  BOOST_CHECK_EQUAL(report.warmed, 1u);
  BOOST_CHECK(was_loaded("together"));
}

BOOST_AUTO_TEST_CASE(a_silent_tracker_costs_what_it_knows_and_is_told_of) {
  const auto tested = start();
  tracker_of("a").silent = true;
  const auto report = warm(tested, "priority", {{"keys", "a"}});
  BOOST_CHECK_EQUAL(report.warmed, 1u);
  BOOST_CHECK_EQUAL(status(tested).strategies.at(0).error, "1 of the trackers did not answer");
}

BOOST_AUTO_TEST_CASE(without_a_predictor_the_predictive_strategy_fails_and_says_so) {
  peers->predictor("pages", predictor_actor{});
  const auto report = warm(start(), "predictive", {{"keys", "a"}});
  BOOST_CHECK(report.outcome == run_outcome::failed);
  BOOST_CHECK_EQUAL(report.error, "predictive: the predictor is being restarted; try again in a moment");
}

// A predictor that is asked and then does what the test says, instead of answering.
predictor_actor::behavior_type mute_predictor(predictor_actor::pointer self, bool dies, bool refuses) {
  return {[](const access_batch&) {},
          [](const prefetch_outcomes&) {},
          [=](const predict_request&) -> caf::result<predictions> {
            if (refuses) return make_error(errc::busy, "too much to do");
            if (dies) self->quit(caf::exit_reason::kill);
            return self->make_response_promise<predictions>();
          },
          [](flush_request) { return flushed{}; },
          [](status_request) { return predictor_status{}; },
          [](tick) {}};
}

BOOST_AUTO_TEST_CASE(a_predictor_that_is_silent_dies_or_refuses_fails_the_strategy_alone) {
  const auto tested = start();
  warm_request request;
  request.strategies = {"predictive", "popular"};
  request.parameters = {{"keys", "a"}};
  const std::vector<std::pair<bool, bool>> deeds{{false, false}, {true, false}, {false, true}};
  for (const auto& [dies, refuses] : deeds) {
    entries->clear();
    peers->predictor("pages", track(sys.spawn(mute_predictor, dies, refuses)));
    const auto report = wait_for(run_later(tested, request), 10min, 1s);
    BOOST_CHECK(report.outcome == run_outcome::completed);
    BOOST_CHECK_EQUAL(report.warmed, 3u);
    for (const auto& known : status(tested).strategies)
      if (known.strategy == "predictive")
        BOOST_CHECK(known.error.starts_with("the predictor did not answer"));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_after_the_run_changes_nothing) {
  for (const auto& script : trackers) script->silent = true;
  const auto tested = start();
  warm_request request;
  request.strategies = {"correlated"};
  request.deadline = 1s;
  BOOST_CHECK(wait_for(run_later(tested, request)).outcome == run_outcome::deadline_passed);
  advance(1min);
  BOOST_CHECK_EQUAL(status(tested).runs, 1u);
  BOOST_CHECK(origin->asked.empty());
}

BOOST_AUTO_TEST_CASE(a_strategy_that_may_look_deeper_does_and_others_look_two_levels_deep) {
  graph->set("main", {"level 1"});
  graph->set("level 1", {"level 2", "main"});  // a cycle
  graph->set("level 2", {"level 3"});
  graph->set("level 3", {"level 4"});
  const auto tested = start();
  BOOST_CHECK_EQUAL(warm(tested, "dependencies", {{"keys", "main"}, {"depth", "1"}}).selected, 2u);
  BOOST_CHECK_EQUAL(warm(tested, "dependencies", {{"keys", "main"}}).selected, 3u);
  BOOST_CHECK_EQUAL(warm(tested, "priority", {{"keys", "main"}}).selected, 3u);
  origin->asked.clear();
  BOOST_CHECK_EQUAL(warm(tested, "dependencies", {{"keys", "main"}, {"depth", "5"}}).selected, 5u);
}

BOOST_AUTO_TEST_CASE(into_a_cache_that_is_nearly_full_dependencies_are_followed_for_two_levels) {
  graph->set("main", {"level 1"});
  graph->set("level 1", {"level 2"});
  graph->set("level 2", {"level 3"});
  memory_cache_config bounded;
  bounded.capacity_entries = 20;
  entries = std::make_shared<memory_cache>(bounded);
  const auto fill = [&](int count) {
    for (int i = 0; i < count; ++i) entries->put("other " + std::to_string(i), value{"v"}, {}, now());
  };
  const auto tested = start();
  fill(18);
  BOOST_CHECK_EQUAL(warm(tested, "dependencies", {{"keys", "main"}, {"depth", "5"}}).selected, 4u);
  fill(19);
  BOOST_CHECK_EQUAL(warm(tested, "dependencies", {{"keys", "main"}, {"depth", "5"}}).selected, 3u);
}

BOOST_AUTO_TEST_CASE(a_subject_is_warmed_once_in_five_minutes_unless_forced) {
  for (const auto& script : trackers) script->subjects_keys = {ranked("session"), ranked("form")};
  const auto tested = start();
  BOOST_CHECK_EQUAL(warm(tested, "subject", {{"subject", "u"}}).warmed, 2u);
  auto report = warm(tested, "subject", {{"subject", "u"}});
  BOOST_CHECK(report.outcome == run_outcome::completed);
  BOOST_CHECK_EQUAL(report.candidates, 0u);
  BOOST_REQUIRE_EQUAL(report.notes.size(), 1u);
  BOOST_CHECK(report.notes[0].starts_with("subject: skipped: the keys of this subject were warmed "));
  BOOST_CHECK_EQUAL(warm(tested, "subject", {{"subject", "other"}}).warmed, 2u);
  BOOST_CHECK_EQUAL(warm(tested, "subject", {{"subject", "u"}, {"force", "yes"}}).warmed, 2u);
  advance(5min);
  BOOST_CHECK_EQUAL(warm(tested, "subject", {{"subject", "u"}}).warmed, 2u);
}

BOOST_AUTO_TEST_CASE(a_subject_whose_keys_could_not_be_loaded_may_try_again_at_once) {
  for (const auto& script : trackers) script->subjects_keys = {ranked("session")};
  const auto tested = start();
  origin->decide = [](const load_item&) { return deed::refuse; };
  BOOST_CHECK_EQUAL(warm(tested, "subject", {{"subject", "u"}}).failed, 1u);
  origin->decide = [](const load_item&) { return deed::store; };
  BOOST_CHECK_EQUAL(warm(tested, "subject", {{"subject", "u"}}).warmed, 1u);
}

BOOST_AUTO_TEST_CASE(a_plan_for_a_subject_is_no_visit) {
  for (const auto& script : trackers) script->subjects_keys = {ranked("session")};
  const auto tested = start();
  warm_request request;
  request.strategies = {"subject"};
  request.parameters = {{"subject", "u"}};
  BOOST_CHECK_EQUAL(ask<warm_plan>(tested, plan_request{request}).selected, 1u);
  BOOST_CHECK_EQUAL(warm(tested, "subject", {{"subject", "u"}}).warmed, 1u);
}

BOOST_AUTO_TEST_CASE(critical_tasks_are_warmed_before_all_else) {
  tasks->add({"t", "", "vital", 1min, 100, {"tag"}, false});
  std::vector<load_item> loads;
  origin->decide = [&](const load_item& item) {
    loads.push_back(item);
    return deed::store;
  };
  warm_request request;
  request.strategies = {"popular", "critical"};
  BOOST_CHECK_EQUAL(warmer_world::warm(start(), request).warmed, 4u);
  BOOST_REQUIRE_EQUAL(loads.size(), 4u);
  BOOST_CHECK_EQUAL(loads[0].key, "vital");
  BOOST_CHECK(loads[0].ttl == 1min);
  BOOST_CHECK_EQUAL(loads[0].tags.at(0), "tag");
}

BOOST_AUTO_TEST_CASE(a_key_of_several_strategies_is_warmed_once_and_credited_to_each) {
  tasks->add({"t", "", "a", {}, 100, {}, false});
  const auto tested = start();
  warm_request request;
  request.strategies = {"popular", "critical", "recent"};
  const auto report = warmer_world::warm(tested, request);
  BOOST_CHECK_EQUAL(report.candidates, 7u);
  BOOST_CHECK_EQUAL(report.warmed, 3u);
  BOOST_CHECK_EQUAL(std::count(origin->asked.begin(), origin->asked.end(), "a"), 1);
  for (const auto& known : status(tested).strategies)
    BOOST_CHECK_EQUAL(known.warmed, known.strategy == "critical" ? 1u : 3u);
}

BOOST_AUTO_TEST_CASE(a_refresh_needs_neither_room_nor_absence) {
  entries = cache_of(memory_cache::min_capacity_bytes);
  for (int i = 0; i < 1000; ++i)
    entries->put("x" + std::to_string(i), value{std::string(100, 'x')}, {}, now());
  entries->put("a", value{std::string(100, 'x')}, {}, now());
  expiring = {{"a", 100s, 5s, 1000, 100}};
  bool refreshed = false;
  origin->decide = [&](const load_item& item) {
    refreshed = item.refresh;
    return deed::store;
  };
  const auto report = warm(start(), "refresh_ahead");
  BOOST_CHECK_EQUAL(report.warmed, 1u);
  BOOST_CHECK(refreshed);
  BOOST_CHECK_EQUAL(origin->asked.size(), 1u);
}

BOOST_AUTO_TEST_CASE(a_cache_that_cannot_list_its_entries_says_so) {
  auto settings = config();
  settings.list_entries = nullptr;
  const auto tested = warmer_world::start(settings);
  BOOST_CHECK_EQUAL(warm(tested, "refresh_ahead").error, "refresh_ahead: this cache can't list its entries");
  settings.list_entries = [this] { return expiring; };
  settings.run_host = [](std::function<void()>) { return true; };  // never runs it
  warm_request request;
  request.strategies = {"refresh_ahead"};
  const auto report = wait_for(run_later(warmer_world::start(settings), request), 10min, 10s);
  BOOST_CHECK(report.error.find("the cache's entries could not be listed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_strategy_that_asks_without_end_is_stopped) {
  asking_strategy curious;
  curious.ask = [](const strategy_context&, const std::vector<strategy_finding>&) {
    return std::vector<strategy_question>{tasks_question{}};
  };
  curious.propose = [](const strategy_context&, const std::vector<strategy_finding>&) {
    return strategy_proposal{};
  };
  strategies->add({"", "curious", "", {}, curious});
  curious.ask = [](const strategy_context&,
                   const std::vector<strategy_finding>&) -> std::vector<strategy_question> {
    throw std::runtime_error{"no idea"};
  };
  strategies->add({"", "confused", "", {}, curious});
  const auto tested = start();
  BOOST_CHECK_EQUAL(warm(tested, "curious").error, "curious: it asks without end");
  BOOST_CHECK_EQUAL(warm(tested, "confused").error, "confused: no idea");
}

BOOST_AUTO_TEST_CASE(every_strategy_survives_peers_that_never_answer) {
  for (const auto& script : trackers) script->silent = true;
  const auto tested = start();
  for (const auto& each : strategies->list()) {
    std::vector<strategy_parameter_value> parameters;
    for (const auto& declared : each.parameters)
      if (declared.name == "tag" || declared.name == "attribute" || declared.name == "language" ||
          declared.name == "keys" || declared.name == "subject" || declared.name == "project" ||
          declared.name == "model" || declared.name == "index")
        parameters.push_back({declared.name, "a"});
    warm(tested, each.name, parameters);
    BOOST_CHECK_EQUAL(status(tested).active_run, 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
