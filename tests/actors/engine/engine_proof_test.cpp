// Key rules, proof, reports, rollback, checks and memory events, as a host with plain threads uses them.
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <sstream>
#include <stoker/actors.hpp>
#include <stoker/engine.hpp>
#include <thread>

#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/temporary_folder.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(engine_proof)

namespace {

// A clock that stands still until it is told to go on.
struct manual_clock {
  std::shared_ptr<std::atomic<std::int64_t>> at =
      std::make_shared<std::atomic<std::int64_t>>(duration{24h * 20'000}.count());

  clock_function function() const {
    return [shared = at] { return time_point{duration{shared->load()}}; };
  }
  void advance(duration span) const { *at += span.count(); }
};

cache_config pages() {
  cache_config config;
  config.name = "pages";
  config.capacity_bytes = 32 << 20;
  config.load = [](std::string_view key) { return loaded("value of " + std::string{key}); };
  config.predictor = predictor_kind::none;
  config.default_strategy = "all";
  return config;
}

custom_strategy proposing(std::vector<std::string> keys) {
  custom_strategy added;
  added.name = "all";
  added.propose = [keys = std::move(keys)](const strategy_request&) {
    std::vector<candidate> all;
    for (const auto& key : keys) {
      auto& proposed = all.emplace_back();
      proposed.key = key;
      proposed.probability = 0.5;
      proposed.bytes = 20;
    }
    return all;
  };
  return added;
}

std::vector<std::string> numbered(int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back("page:" + std::to_string(i));
  return keys;
}

const strategy_proof& proof_in(const engine_status& status) {
  for (const auto& strategy : status.warmers.at(0).strategies)
    if (strategy.strategy == "all") return strategy.proof;
  throw std::runtime_error{"no such strategy"};
}

const environment_check& check_of(const environment_report& report, const std::string& name) {
  for (const auto& each : report.checks)
    if (each.name == name) return each;
  throw std::runtime_error{"no check of " + name};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_key_that_a_rule_excludes_is_never_warmed_and_always_read) {
  engine running;
  auto config = pages();
  config.exclude_keys = {"lock:*"};
  auto cache = running.add_cache(config);
  running.register_strategy(proposing({"page:1", "lock:1"}));
  const auto plan = running.plan({.cache = "pages"});
  BOOST_REQUIRE_EQUAL(plan.left_out.size(), 1u);
  BOOST_CHECK(plan.left_out[0].reason == left_out_reason::key_rule);
  BOOST_TEST(running.warm({.cache = "pages"}).warmed == 1u);
  const auto refused = running.warm_key("pages", "lock:1", [](std::string_view) { return loaded("x"); });
  BOOST_CHECK(refused.status == load_status::refused);
  BOOST_TEST(refused.error.find("a rule excludes this key") != std::string::npos);
  BOOST_CHECK(cache.get("lock:1"));
  config.name = "others";
  config.exclude_keys = {"[a-z"};
  BOOST_CHECK_THROW(running.add_cache(config), error);
}

BOOST_AUTO_TEST_CASE(a_strategy_is_proven_against_its_control_group) {
  manual_clock clock;
  engine running{{.now = clock.function()}};
  auto config = pages();
  config.hold_out = 0.1;
  auto cache = running.add_cache(config);
  const auto keys = numbered(1000);
  running.register_strategy(proposing(keys));
  const auto report = running.warm({.cache = "pages"});
  BOOST_TEST(report.held_out > 70u);
  BOOST_TEST(report.warmed + report.held_out == 1000u);
  for (const auto& key : keys) BOOST_REQUIRE(cache.get(key));
  running.flush();  // the warmer is told of every access, before its status is asked for
  BOOST_TEST(running.report("pages").used == report.warmed);
  clock.advance(2h);
  cache.get("page:0");  // something happens, and it looks at its trials
  running.flush();
  const auto status = running.status();
  const auto& proof = proof_in(status);
  BOOST_TEST(proof.controls == report.held_out);
  BOOST_TEST(proof.lift == 1);
  BOOST_CHECK(proof.standing == strategy_standing::proven);
  BOOST_TEST(proof.origin_calls == report.warmed);
  BOOST_TEST(proof.origin_calls_saved == report.warmed);
  const auto later = running.report("pages", report.run);
  BOOST_TEST(later.accuracy() == 1);
  BOOST_TEST(std::string{efficiency_grade(later.efficiency())} == "excellent");
  // A window of 1,000 requests: what was warmed hit, what was held out did not.
  BOOST_TEST(later.hit_ratio_after > 0.85);
  BOOST_TEST(later.hit_ratio_after < 0.95);
}

BOOST_AUTO_TEST_CASE(a_run_is_rolled_back_as_far_as_nobody_has_used_it) {
  engine running;
  auto cache = running.add_cache(pages());
  running.register_strategy(proposing(numbered(100)));
  const auto report = running.warm({.cache = "pages"});
  cache.get("page:7");
  cache.put("page:8", "mine");
  const auto undone = running.rollback("pages", report.run);
  BOOST_TEST(undone.run == report.run);
  BOOST_TEST(undone.removed == 98u);
  BOOST_TEST(undone.kept == 2u);
  BOOST_TEST(cache.stats().entries == 2u);
  BOOST_TEST(running.report("pages", report.run).rolled_back == 98u);
  BOOST_CHECK_THROW(running.rollback("pages", 99), error);
  BOOST_CHECK_THROW(running.report("nothing"), error);
}

BOOST_AUTO_TEST_CASE(the_environment_of_a_run_is_checked_before_it) {
  engine running;
  auto config = pages();
  config.load = [](std::string_view) -> load_result {
    return {.outcome = load_outcome::refused, .error = "no route to the database"};
  };
  running.add_cache(config);
  auto checked = running.validate({.cache = "pages"});
  BOOST_TEST(!check_of(checked, "strategies").passed);  // "all" is not registered yet
  running.register_strategy(proposing({"a"}));
  checked = running.validate({.cache = "pages"});
  BOOST_TEST(check_of(checked, "strategies").passed);
  BOOST_TEST(check_of(checked, "origin").passed);  // nothing has failed yet
  BOOST_TEST(check_of(checked, "history").passed);
  checked = running.validate({.cache = "pages"}, "a");
  BOOST_TEST(!check_of(checked, "origin").passed);
  BOOST_TEST(check_of(checked, "origin").detail.find("no route to the database") != std::string::npos);
  BOOST_TEST(!checked.ready());
  BOOST_CHECK_THROW(running.validate({.cache = "nothing"}), error);
}

BOOST_AUTO_TEST_CASE(memory_events_are_told_and_can_be_asked_for) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<memory_event> told;
  engine_config config;
  config.on_memory_event = [&](const memory_event& event) {
    {
      std::lock_guard guard{mutex};
      told.push_back(event);
    }
    changed.notify_all();
  };
  engine running{config};
  auto cache = running.add_cache(pages());
  running.register_strategy(proposing(numbered(10)));
  running.warm({.cache = "pages"});
  running.rollback("pages");
  cache.clear();
  const auto kinds = [&](memory_event_kind kind) {
    return std::count_if(told.begin(), told.end(),
                         [&](const memory_event& each) { return each.kind == kind; });
  };
  {
    std::unique_lock lock{mutex};
    // The memory of the rollback, and that of the clear, goes back to the system.
    changed.wait_for(lock, 60s, [&] { return kinds(memory_event_kind::trimmed) >= 2; });
    BOOST_TEST(kinds(memory_event_kind::trimmed) == 2);
    BOOST_TEST(kinds(memory_event_kind::rolled_back) == 1);
  }
  BOOST_TEST(running.events().recorded >= 3u);
}

BOOST_AUTO_TEST_CASE(a_profile_sets_how_hard_warming_works) {
  engine running{{.profile = find_profile("quotes", 4)}};
  running.add_cache(pages());
  BOOST_TEST(running.status().origins.at(0).tokens == 100);
  warming_profile none;
  none.workers = 0;
  BOOST_CHECK_THROW(engine{engine_config{.profile = none}}, error);
}

BOOST_AUTO_TEST_CASE(a_run_that_its_engine_did_not_live_to_end_goes_on_in_the_next_one) {
  test::temporary_folder parent;
  const auto folder = parent / "history";
  std::promise<void> release;
  const auto released = release.get_future().share();
  std::atomic<int> loads{0};
  auto config = pages();
  config.load = [&loads, released](std::string_view) {
    if (++loads > 30) released.wait();
    return loaded("x");
  };
  {
    engine first{{.history_folder = folder}};
    first.add_cache(config);
    first.register_strategy(proposing(numbered(60)));
    caf::anon_send(actor_of(first), warm_request{.cache = "pages"});
    BOOST_REQUIRE(test::eventually([&] { return loads > 30; }));
    first.flush();
  }
  release.set_value();
  engine second{{.history_folder = folder}};
  auto cache = second.add_cache(config);
  // Nobody asks for a run: the new engine finds it in its history. What the embedded cache held went with the
  // old one.
  std::optional<warm_report> report;
  const auto is_over = [&] {
    try {
      report = second.report("pages");
    } catch (const error& not_yet) {
      BOOST_REQUIRE(not_yet.code() == errc::no_such_run);
    }
    return report.has_value();
  };
  BOOST_REQUIRE(test::eventually(is_over));
  BOOST_TEST(report->reason == "resumed: user");
  BOOST_TEST(report->run == 1u);
  BOOST_TEST(report->warmed == 60u);
  BOOST_TEST(cache.stats().entries == 60u);
}

BOOST_AUTO_TEST_CASE(keys_that_are_hidden_stand_in_no_log_and_in_nothing_that_was_redacted) {
  std::ostringstream logged;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(logged, true)));
  auto config = pages();
  config.redact_keys = true;
  config.load = [](std::string_view key) -> load_result {
    throw std::runtime_error{"no " + std::string{key}};
  };
  engine running{{.redaction_secret = "of this test"}};
  running.add_cache(config);
  config.name = "open";
  config.redact_keys = false;
  running.add_cache(config);
  running.register_strategy(proposing({"user:17"}));

  auto report = running.warm({.cache = "pages"});
  BOOST_REQUIRE(report.problems.size() == 1u);
  BOOST_TEST(report.problems[0].key == "user:17");  // the host's own face
  running.redaction_of("pages").apply(report);
  BOOST_TEST(report.problems[0].key == redaction{"of this test"}.key("user:17"));
  BOOST_TEST(report.problems[0].reason.find("user:17") == std::string::npos);
  BOOST_TEST(!running.redaction_of("open").hides());
  BOOST_CHECK_THROW(running.redaction_of("nowhere"), error);
  spdlog::set_default_logger(before);
  BOOST_TEST(logged.str().find("user:17") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_secret_each_engine_hides_keys_in_its_own_way) {
  auto config = pages();
  config.redact_keys = true;
  engine one;
  engine two;
  one.add_cache(config);
  two.add_cache(config);
  BOOST_TEST(one.redaction_of("pages").key("k") == one.redaction_of("pages").key("k"));
  BOOST_TEST(one.redaction_of("pages").key("k") != two.redaction_of("pages").key("k"));
}

BOOST_AUTO_TEST_SUITE_END()
