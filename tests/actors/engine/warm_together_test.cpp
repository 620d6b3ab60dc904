// Several caches warmed in one pass, through a whole engine; and a plan that outlives the engine that made
// it.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <stoker/engine.hpp>
#include <thread>

#include "tests/fixtures/eventually.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(warming_together)

namespace {

cache_config named(
    const std::string& name, loader load = [](std::string_view key) { return loaded(key); }) {
  cache_config config;
  config.name = name;
  config.origin_name = "db";
  config.capacity_bytes = 8 << 20;
  config.predictor = predictor_kind::none;
  config.hold_out = 0;
  config.load = std::move(load);
  return config;
}

// Accesses of a cache's keys, as often hit as `hits` of ten say.
void use(cache_handle cache, int keys, int hits) {
  for (int round = 0; round < 10; ++round)
    for (int number = 0; number < keys; ++number) {
      const auto key = "k" + std::to_string(number);
      if (round >= hits) cache.invalidate(key);
      cache.get(key);
    }
}

std::uint64_t warmed_of(const warm_set_report& report, const std::string& cache) {
  for (const auto& run : report.runs)
    if (run.cache == cache) return run.warmed;
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_calls_of_a_shared_origin_go_where_they_bring_most_and_nobody_starves) {
  engine running;
  auto good = running.add_cache(named("good"));
  auto poor = running.add_cache(named("poor"));
  use(good, 100, 10);
  use(poor, 100, 1);
  BOOST_TEST(running.flush());
  good.clear();
  poor.clear();
  const auto report = running.warm_together({.origin_calls = 100});
  BOOST_TEST(report.warmed == 100u);
  BOOST_TEST(warmed_of(report, "good") >= 5u);
  BOOST_TEST(warmed_of(report, "poor") > warmed_of(report, "good"));
  BOOST_REQUIRE(report.shares.size() == 2u);
  BOOST_TEST(report.shares[0].items + report.shares[1].items == 100u);
  for (const auto& run : report.runs) BOOST_TEST(run.reconciles());
}

BOOST_AUTO_TEST_CASE(one_memory_budget_holds_for_all_caches) {
  engine running;
  std::vector<cache_handle> caches;
  for (const auto* name : {"a", "b", "c"}) caches.push_back(running.add_cache(named(name)));
  for (auto& cache : caches) use(cache, 200, 5);
  BOOST_TEST(running.flush());
  for (auto& cache : caches) cache.clear();
  const auto report = running.warm_together({.budget_bytes = 60'000});
  std::uint64_t bytes = 0;  // as reckoned: with what an entry takes beside its value
  for (const auto& share : report.shares) bytes += share.bytes;
  for (const auto& run : report.runs) BOOST_TEST(run.warmed > 0u);
  BOOST_TEST(report.runs.size() == 3u);
  BOOST_TEST(bytes <= 60'000u);
  BOOST_TEST(bytes > 50'000u);
  BOOST_TEST(report.warmed < 600u);
}

BOOST_AUTO_TEST_CASE(a_cache_is_warmed_after_those_that_its_loader_reads) {
  engine running;
  auto rows = running.add_cache(named("rows"));
  std::atomic<int> missed{0};
  auto config = named("a_pages", [&](std::string_view key) {
    const auto row = rows.get(key);
    if (row.outcome != get_outcome::hit) ++missed;
    return loaded(row.bytes.view());
  });
  config.reads = {"rows"};
  auto pages = running.add_cache(config);
  use(pages, 50, 5);
  BOOST_TEST(running.flush());
  pages.clear();
  rows.clear();
  missed = 0;
  const auto report = running.warm_together();
  BOOST_TEST(warmed_of(report, "rows") == 50u);
  BOOST_TEST(warmed_of(report, "a_pages") == 50u);
  BOOST_TEST(missed == 0);
}

BOOST_AUTO_TEST_CASE(a_cache_that_cannot_be_planned_stops_no_other) {
  engine running;
  auto cache = running.add_cache(named("pages"));
  running.add_cache(named("broken"));
  running.add_cache(named("untouched"));
  for (const auto* name : {"pages", "untouched"})
    running.register_strategy(
        {.cache = name, .name = "mine", .description = "d", .propose = [name](const auto&) {
           std::vector<candidate> found;
           if (name == std::string{"pages"}) found.push_back({.key = "a", .probability = 1});
           return found;
         }});
  const auto report = running.warm_together({.strategies = {"mine"}});
  BOOST_TEST(report.warmed == 1u);
  BOOST_REQUIRE(report.notes.size() == 2u);
  BOOST_TEST(report.notes[0].starts_with("broken: "));
  BOOST_TEST(report.notes[1] == "untouched: there is nothing to warm");
  BOOST_CHECK_THROW(running.warm_together({.caches = {"nothing"}}), error);
}

BOOST_AUTO_TEST_CASE(a_plan_that_was_saved_is_run_by_another_engine) {
  std::string saved;
  {
    engine first;
    auto cache = first.add_cache(named("pages"));
    use(cache, 10, 5);
    BOOST_TEST(first.flush());
    cache.clear();
    saved = encode_plan(first.plan({.cache = "pages"}));
  }
  engine second;
  auto cache = second.add_cache(named("pages"));
  const auto plan = decode_plan(saved);
  BOOST_REQUIRE(plan);
  BOOST_TEST(plan->selected == 10u);
  BOOST_TEST(second.run(*plan).warmed == 10u);
  BOOST_CHECK(cache.get("k3").outcome == get_outcome::hit);
}

BOOST_AUTO_TEST_CASE(the_performance_of_a_cache_is_that_of_its_latest_runs) {
  engine running;
  auto cache = running.add_cache(named("pages"));
  BOOST_CHECK_THROW(running.performance("pages"), error);
  use(cache, 10, 5);
  BOOST_TEST(running.flush());
  for (int run = 0; run < 3; ++run) {
    cache.clear();
    BOOST_TEST(running.warm({.cache = "pages"}).warmed == 10u);
  }
  const auto total = running.performance("pages");
  BOOST_TEST(total.runs == 3u);
  BOOST_TEST(total.warmed == 30u);
  BOOST_TEST(total.loads == 30u);
  BOOST_CHECK(total.fastest_load <= total.average_load());
  BOOST_CHECK(total.average_load() <= total.slowest_load);
}

BOOST_AUTO_TEST_CASE(the_progress_of_a_pass_is_that_of_all_its_caches) {
  engine running;
  for (const auto* name : {"first", "second"}) {
    auto cache = running.add_cache(named(name));
    use(cache, 40, 10);
    cache.clear();
  }
  BOOST_TEST(running.flush());
  std::vector<warm_progress> told;
  const auto here = std::this_thread::get_id();
  const auto report = running.warm_together({}, [&](const warm_progress& progress) {
    BOOST_TEST((std::this_thread::get_id() == here));
    told.push_back(progress);
  });
  BOOST_TEST(report.warmed == 80u);
  BOOST_TEST(report.troubled == 0u);
  BOOST_REQUIRE(!told.empty());
  for (std::size_t i = 0; i < told.size(); ++i) {
    BOOST_TEST(told[i].cache == "");
    BOOST_TEST(told[i].total == 80u);
    BOOST_TEST(told[i].phases == 1u);
    BOOST_TEST((i == 0 || told[i].done >= told[i - 1].done));
  }
}

BOOST_AUTO_TEST_CASE(a_schedule_warms_several_caches_in_one_pass) {
  engine running;
  for (const auto* name : {"first", "second", "third"}) {
    auto cache = running.add_cache(named(name));
    use(cache, 10, 10);
    cache.clear();
  }
  BOOST_TEST(running.flush());
  schedule_entry two{"two"};
  two.together = {"first", "third"};
  two.interval = 24h;
  auto all = two;
  all.id = "all";
  all.together = {"*"};
  schedule_entry wrong = two;
  wrong.together = {"nothing"};
  BOOST_CHECK_THROW(running.start({.interval = {}, .schedules = {wrong}}), error);
  wrong = two;
  wrong.what.cache = "first";
  BOOST_CHECK_THROW(running.start({.interval = {}, .schedules = {wrong}}), error);

  const auto ran = [&](const std::string& id) {
    return test::eventually([&] {
      for (const auto& each : running.status().scheduler.schedules)
        if (each.id == id && each.runs > 0 && !each.in_progress) return each.succeeded;
      return false;
    });
  };
  running.start({.interval = {}, .schedules = {two}});
  BOOST_REQUIRE(ran("two"));
  BOOST_TEST(running.cache("first").stats().entries == 10u);
  BOOST_TEST(running.cache("second").stats().entries == 0u);
  BOOST_TEST(running.cache("third").stats().entries == 10u);
  BOOST_TEST(running.report("first").reason == "schedule two");
  running.start({.interval = {}, .schedules = {all}});
  BOOST_REQUIRE(ran("all"));
  BOOST_TEST(running.cache("second").stats().entries == 10u);
}

BOOST_AUTO_TEST_SUITE_END()
