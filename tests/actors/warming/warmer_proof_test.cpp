// What a warmer makes of key rules, the control group, first demands, rollbacks and interruptions.
#include <algorithm>

#include "messages/key.hpp"
#include "tests/actors/warming/warmer_world.hpp"

namespace warmer_proof {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

struct proof_fixture : warmer_world {
  proof_fixture() {
    peers->memory_monitor(track(sys.spawn(stub_monitor, events)));
    // Loads really arrive in the cache.
    origin->decide = [this](const load_item& item) {
      entries->fill(item.key, entries->begin_fill(item.key), value{std::string(100, 'v')}, {},
                    filled_by::warmer, now());
      return deed::store;
    };
  }

  // A user asks for these keys, and the collector passes it on.
  void demand(const warmer_actor& tested, const std::vector<std::string>& keys) {
    access_batch batch;
    batch.cache = "pages";
    batch.taken_at = now();
    for (const auto& key : keys) {
      const auto found = entries->get(key, now()).outcome;
      access_record record;
      record.hash = hash_key(key);
      record.outcome = found == lookup::miss        ? access_outcome::miss
                       : found == lookup::first_use ? access_outcome::first_use
                                                    : access_outcome::hit;
      batch.records.push_back(record);
    }
    self->send(tested, std::move(batch));
    run();
  }

  warm_report report_of(const warmer_actor& tested, std::uint64_t number) {
    return ask<warm_report>(tested, report_request{"pages", number});
  }

  const strategy_proof* proof_in(const warmer_status& known, const std::string& strategy) {
    for (const auto& each : known.strategies)
      if (each.strategy == strategy) return &each.proof;
    return nullptr;
  }

  bool happened(memory_event_kind kind) const {
    return std::any_of(events->begin(), events->end(),
                       [&](const memory_event& each) { return each.kind == kind; });
  }

  std::shared_ptr<std::vector<memory_event>> events = std::make_shared<std::vector<memory_event>>();
};

}  // namespace warmer_proof

BOOST_FIXTURE_TEST_SUITE(warmer_proof, proof_fixture)

BOOST_AUTO_TEST_CASE(keys_that_a_rule_excludes_are_never_loaded) {
  trackers[0]->keys = {ranked("lock:1"), ranked("page:1")};
  auto settings = config();
  settings.screening.rules.exclude = {"lock:*"};
  const auto tested = start(settings);
  warm(tested);
  self->send(tested, prefetch_request{"pages", {{"lock:2", 0.9}, {"page:2", 0.9}}});
  run();
  // Nor by a plan that was made elsewhere.
  auto plan = warm_plan{};
  plan.cache = "pages";
  candidate locked;
  locked.key = "lock:3";
  locked.bytes = 100;
  plan.phases.push_back({10, 0, {locked}});
  const auto pending = ask_later<warm_report>(sys, tested, plan);
  run();
  BOOST_TEST(wait_for(pending).selected == 0u);
  BOOST_TEST(!origin->asked.empty());
  for (const auto& key : origin->asked) BOOST_TEST(key.substr(0, 5) != "lock:");
  BOOST_TEST(std::count(origin->asked.begin(), origin->asked.end(), "page:2") == 1);
}

BOOST_AUTO_TEST_CASE(the_control_group_is_never_warmed_whoever_proposes_it) {
  many_keys(1000);
  auto settings = config();
  settings.screening.hold_out_share = 0.1;
  screening rule{"pages", settings.screening};
  rule.proposed(1000);
  const auto tested = start(settings);
  const auto report = warm(tested);
  BOOST_TEST(report.held_out > 70u);
  BOOST_TEST(report.held_out < 130u);
  BOOST_TEST(report.warmed + report.held_out == 1001u);
  prefetch_request proposals{"pages", {}};
  for (int i = 0; i < 100; ++i) proposals.items.push_back({"p" + std::to_string(i), 0.9});
  self->send(tested, proposals);
  for (int i = 0; i < 100; ++i) advance(10ms);
  for (const auto& key : origin->asked) BOOST_TEST(!rule.held_out(key, now()));
  BOOST_TEST(proof_in(status(tested), "predictor") != nullptr);
}

BOOST_AUTO_TEST_CASE(critical_and_exempt_candidates_are_not_held_out) {
  many_keys(1000);
  auto settings = config();
  settings.screening.hold_out_share = 0.5;
  settings.screening.exempt = {"popular"};
  BOOST_TEST(warm(start(settings)).held_out == 0u);
}

BOOST_AUTO_TEST_CASE(a_report_by_its_number_says_what_came_of_the_run) {
  auto settings = config();
  settings.log.window_requests = 4;
  const auto tested = start(settings);
  auto report = warm(tested);
  BOOST_TEST(report.hit_ratio_after < 0);
  BOOST_TEST(report.accuracy() < 0);
  demand(tested, {"a", "b", "x", "y"});
  report = report_of(tested, report.run);
  BOOST_TEST(report.used == 2u);
  BOOST_TEST(report.hit_ratio_after == 0.5);
  BOOST_TEST(report.warnings.empty());
  advance(70min);
  report = report_of(tested, 0);
  BOOST_TEST(report.wasted == 1u);
  BOOST_TEST(report.accuracy() == 2.0 / 3);
  BOOST_TEST(report.efficiency() == 2.0 / 3);
  BOOST_REQUIRE_EQUAL(report.warnings.size(), 1u);
  BOOST_TEST(report.warnings[0] == "67 % of what was warmed was used, below 70 %");
  BOOST_TEST(ask_error<warm_report>(tested, report_request{"pages", 99}) ==
             "cache pages: there is no report of run 99 (any more)");
}

BOOST_AUTO_TEST_CASE(lift_is_measured_from_the_accesses_of_both_groups) {
  many_keys(1000);
  auto settings = config();
  settings.screening.hold_out_share = 0.1;
  const auto tested = start(settings);
  warm(tested);
  std::vector<std::string> all;
  for (int i = 0; i < 1000; ++i) all.push_back("k" + std::to_string(i));
  demand(tested, all);
  BOOST_TEST(status(tested).trials_open >= 1000u);
  advance(70min);
  const auto known = status(tested);
  const auto* proof = proof_in(known, "popular");
  BOOST_REQUIRE(proof != nullptr);
  BOOST_TEST(proof->lift > 0.95);  // one key of the other shard was not demanded
  BOOST_TEST((proof->standing == strategy_standing::proven));
  BOOST_TEST(proof->controls > 70u);
  BOOST_TEST(proof->control_hits == 0u);
  BOOST_TEST(proof->origin_calls == proof->warmed);
  BOOST_TEST(proof->origin_calls_saved == proof->used);
  BOOST_TEST(known.trials_open == 0u);
}

BOOST_AUTO_TEST_CASE(a_strategy_that_nobody_uses_is_throttled_to_a_trickle) {
  auto settings = config();
  settings.screening.hold_out_share = 0.3;
  const auto tested = start(settings);
  for (int round = 0; round < 2; ++round) {
    trackers[0]->keys.clear();
    for (int i = 0; i < 1000; ++i)
      trackers[0]->keys.push_back(ranked("r" + std::to_string(round) + "-" + std::to_string(i)));
    warm(tested);
    advance(70min);
  }
  const auto known = status(tested);
  const auto* proof = proof_in(known, "popular");
  BOOST_REQUIRE(proof != nullptr);
  BOOST_TEST((proof->standing == strategy_standing::throttled));
  BOOST_TEST(proof->because.find("below 1 point") != std::string::npos);
  many_keys(1000);
  const auto plan = ask<warm_plan>(tested, plan_request{});
  BOOST_TEST(plan.selected < 60u);
  BOOST_TEST(plan.selected > 0u);
  const auto throttled = std::count_if(plan.left_out.begin(), plan.left_out.end(), [](const auto& left) {
    return left.reason == left_out_reason::throttled;
  });
  BOOST_TEST(throttled > 500);
}

BOOST_AUTO_TEST_CASE(a_rollback_removes_what_nobody_used_or_changed_since) {
  const auto tested = start();
  const auto report = warm(tested);
  BOOST_TEST(report.warmed == 3u);
  demand(tested, {"a"});
  entries->put("b", value{"live"}, {}, now());
  const auto undone = ask<rollback_report>(tested, rollback_run{"pages", report.run});
  BOOST_TEST(undone.removed == 1u);
  BOOST_TEST(undone.kept == 2u);
  BOOST_TEST(undone.bytes > 100u);
  BOOST_TEST(entries->contains("a", now()));
  BOOST_TEST(entries->contains("b", now()));
  BOOST_TEST(!entries->contains("c", now()));
  BOOST_TEST(report_of(tested, report.run).rolled_back == 1u);
  BOOST_TEST(happened(memory_event_kind::rolled_back));
  // Once more does nothing, and an unknown run is an error.
  BOOST_TEST(ask<rollback_report>(tested, rollback_run{"pages", report.run}).removed == 0u);
  BOOST_TEST(ask_error<rollback_report>(tested, rollback_run{"pages", 99}) ==
             "cache pages: there is no run 99 to roll back");
}

BOOST_AUTO_TEST_CASE(a_rollback_leaves_alone_what_a_later_run_put_there) {
  const auto tested = start();
  warm(tested);
  entries->invalidate("a");
  BOOST_TEST(warm(tested).warmed == 1u);
  const auto undone = ask<rollback_report>(tested, rollback_run{"pages", 1});
  BOOST_TEST(undone.removed == 2u);
  BOOST_TEST(entries->contains("a", now()));
}

BOOST_AUTO_TEST_CASE(a_run_in_which_memory_becomes_critical_is_undone) {
  many_keys(200);
  auto settings = config();
  settings.run.batch_items = 10;
  settings.run.phase_delay = 0ms;
  int loads = 0;
  const auto decide = origin->decide;
  origin->decide = [&](const load_item& item) { return ++loads > 20 ? deed::hang : decide(item); };
  settings.load_timeout = 1s;
  settings.trim = [] { return std::uint64_t{4096}; };
  const auto tested = start(settings);
  const auto pending = run_later(tested);
  BOOST_TEST(entries->stats().entries == 20u);
  demand(tested, {"k0"});
  press(tested, 0.95, pressure_level::critical);
  const auto report = wait_for(pending);
  BOOST_TEST((report.outcome == run_outcome::stopped_by_pressure));
  BOOST_TEST(report.rolled_back > 0u);
  BOOST_TEST(entries->stats().entries == (entries->contains("k0", now()) ? 1u : 0u));
  BOOST_TEST(happened(memory_event_kind::run_stopped));
  BOOST_TEST(happened(memory_event_kind::rolled_back));
  BOOST_TEST(happened(memory_event_kind::trimmed));
}

BOOST_AUTO_TEST_CASE(a_rollback_of_the_run_under_way_ends_it_first) {
  const auto decide = origin->decide;
  origin->decide = [&](const load_item& item) { return item.key == "c" ? deed::hang : decide(item); };
  auto settings = config();
  settings.load_timeout = 1s;
  const auto tested = start(settings);
  const auto pending = run_later(tested);
  const auto undone = ask_later<rollback_report>(sys, tested, rollback_run{"pages", 1});
  run();
  BOOST_TEST(!undone->settled());
  const auto report = wait_for(pending);
  run();
  BOOST_REQUIRE(undone->answer);
  BOOST_TEST(undone->answer->removed == 2u);
  BOOST_TEST(report.rolled_back == 2u);
  BOOST_TEST(entries->stats().entries == 0u);
}

BOOST_AUTO_TEST_CASE(the_environment_is_checked_and_nothing_is_warmed) {
  const auto tested = start();
  auto checked = ask<environment_report>(tested, environment_request{});
  const auto find = [&](const std::string& name) {
    for (const auto& each : checked.checks)
      if (each.name == name) return each;
    BOOST_FAIL("no check of " + name);
    return environment_check{};
  };
  BOOST_TEST(find("memory").passed);
  BOOST_TEST(find("strategies").passed);
  BOOST_TEST(find("origin").passed);
  BOOST_TEST(!find("history").passed);  // none in this world
  BOOST_TEST(!checked.ready());
  BOOST_TEST(origin->asked.empty());
  environment_request asked;
  asked.what.strategies = {"psychic"};
  asked.probe_key = "a";
  origin->decide = [](const load_item&) { return deed::fail; };
  checked = ask<environment_report>(tested, asked);
  BOOST_TEST(!find("strategies").passed);
  BOOST_TEST(find("strategies").detail.find("no strategy \"psychic\"") != std::string::npos);
  BOOST_TEST(!find("origin").passed);
  BOOST_TEST(find("origin").detail == "it was asked for \"a\": scripted");
  peers->origin("db", origin_actor{});
  peers->arbiter(arbiter_actor{});
  checked = ask<environment_report>(tested, environment_request{});
  BOOST_TEST(!find("origin").passed);
  BOOST_TEST(!find("memory").passed);
}

struct journal_fixture : proof_fixture {
  journal_fixture() { peers->historian(track(sys.spawn(stub_historian, documents))); }

  // Lets so many loads through; the rest hang, as they do when the process dies.
  void hang_after(int most) {
    const auto decide = origin->decide;
    origin->decide = [this, decide, most](const load_item& item) {
      return static_cast<int>(origin->asked.size()) > most ? deed::hang : decide(item);
    };
  }

  std::shared_ptr<document_map> documents = std::make_shared<document_map>();
};

BOOST_FIXTURE_TEST_CASE(an_interrupted_run_goes_on_where_it_was, journal_fixture) {
  many_keys(100);
  auto settings = config();
  settings.journal.interval = 0ms;
  const auto decide = origin->decide;
  hang_after(40);
  auto first = sys.spawn(warmer, settings);
  run_later(first);
  caf::anon_send_exit(first, caf::exit_reason::kill);
  first = nullptr;
  run();
  origin->decide = decide;
  const auto asked_before = origin->asked.size();
  const auto tested = start(settings);
  for (int i = 0; i < 100; ++i) advance(50ms);
  const auto report = report_of(tested, 1);
  BOOST_TEST(report.reason == "resumed: user");
  BOOST_TEST(report.resumed_at >= 30u);
  BOOST_TEST(report.resumed_at + report.selected == 101u);
  BOOST_TEST(report.reconciles());
  BOOST_TEST(origin->asked.size() - asked_before == report.selected);
  BOOST_TEST(entries->stats().entries == 101u);
  // It is over: nothing is left to resume, and the next run has the next number.
  for (const auto& [place, bytes] : *documents)
    if (place.first == document_kind::journal) BOOST_TEST(bytes.empty());
  BOOST_TEST(warm(tested).run == 2u);
}

BOOST_FIXTURE_TEST_CASE(what_was_settled_but_is_gone_from_the_cache_is_loaded_again, journal_fixture) {
  many_keys(100);
  auto settings = config();
  settings.journal.interval = 0ms;
  const auto decide = origin->decide;
  hang_after(40);
  auto first = sys.spawn(warmer, settings);
  run_later(first);
  caf::anon_send_exit(first, caf::exit_reason::kill);
  first = nullptr;
  run();
  origin->decide = decide;
  entries->clear();  // the process that held it ended
  const auto tested = start(settings);
  for (int i = 0; i < 100; ++i) advance(50ms);
  BOOST_TEST(report_of(tested, 1).resumed_at == 0u);
  BOOST_TEST(entries->stats().entries == 101u);
}

BOOST_FIXTURE_TEST_CASE(books_and_run_numbers_survive_a_restart, journal_fixture) {
  {
    auto first = sys.spawn(warmer, config());
    warm(first);
    demand(first, {"a"});
    advance(70min);
    caf::anon_send_exit(first, caf::exit_reason::user_shutdown);
    run();
  }
  entries->clear();
  const auto tested = start();
  run();
  const auto known = status(tested);
  const auto* proof = proof_in(known, "popular");
  BOOST_REQUIRE(proof != nullptr);
  BOOST_TEST(proof->warmed == 3u);
  BOOST_TEST(proof->used == 1u);
  BOOST_TEST(proof->wasted == 2u);
  BOOST_TEST(proof->measured == 3u);
  BOOST_TEST(warm(tested).run == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_journal_that_is_damaged_or_past_its_deadline_starts_nothing, journal_fixture) {
  (*documents)[{document_kind::journal, "pages"}] = "\x93 damaged";
  auto settings = config();
  BOOST_TEST(status(start(settings)).active_run == 0u);
  journal_plan old;
  old.run = 5;
  old.until = now() - 1s;
  candidate item;
  item.key = "a";
  old.phases.push_back({10, 0, {item}});
  (*documents)[{document_kind::journal, "pages"}] = encode_journal(old);
  const auto tested = start(settings);
  advance(1s);
  BOOST_TEST(status(tested).active_run == 0u);
  BOOST_TEST(origin->asked.empty());
  BOOST_TEST(warm(tested).run == 6u);  // numbers go on
}

BOOST_AUTO_TEST_SUITE_END()
