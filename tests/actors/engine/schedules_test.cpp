// Background warming through the public face, with real threads: waits are for what must come, with a
// deadline.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <stoker/engine.hpp>
#include <thread>

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(engine_schedules)

namespace {

cache_config pages() {
  cache_config config;
  config.name = "pages";
  config.load = [](std::string_view key) { return stoker::loaded("value of " + std::string{key}); };
  config.predictor = predictor_kind::none;
  config.hold_out = 0;
  return config;
}

// Whatever else this machine does.
engine_config unhurried() {
  engine_config config;
  config.busy = {.stall_share = 0, .load_per_core = 0};
  return config;
}

schedule_entry on(const std::string& id, schedule_event event) {
  schedule_entry entry{id};
  entry.what.strategies = {"popular"};
  entry.kind = schedule_kind::event;
  entry.event = event;
  return entry;
}

template <class Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  return condition();
}

schedule_state line(engine& running, const std::string& id) {
  for (const auto& schedule : running.status().scheduler.schedules)
    if (schedule.id == id) return schedule;
  return {};
}

bool ran(engine& running, const std::string& id, std::uint64_t runs) {
  return comes_true([&] {
    const auto now = line(running, id);
    return now.runs == runs && !now.in_progress;
  });
}

void use(cache_handle cache, const std::vector<std::string>& keys) {
  for (int round = 0; round < 5; ++round)
    for (const auto& key : keys) cache.get(key);
}

}  // namespace

BOOST_AUTO_TEST_CASE(schedules_of_a_cache_begin_with_the_engines) {
  engine running{unhurried()};
  auto config = pages();
  config.schedules = {on("at the start", schedule_event::engine_started),
                      on("when emptied", schedule_event::cache_emptied),
                      on("when news change", schedule_event::tags_invalidated)};
  config.schedules[2].tags = {"news"};
  auto cache = running.add_cache(config);
  use(cache, {"a", "b", "c"});
  running.flush();
  BOOST_TEST(running.start({.interval = 0s}).schedules.size() == 3u);
  BOOST_TEST(ran(running, "at the start", 1));
  cache.clear();
  BOOST_TEST(ran(running, "when emptied", 1));
  BOOST_TEST(line(running, "when emptied").result == "warmed 3 of 3, 0 failed");
  BOOST_CHECK(cache.get("a").outcome == get_outcome::hit);
  cache.put("d", "tagged", {.tags = {"news"}});
  cache.invalidate_tags({"news"});
  BOOST_TEST(ran(running, "when news change", 1));
}

BOOST_AUTO_TEST_CASE(a_manual_cycle_runs_everything_and_counts) {
  engine running{unhurried()};
  auto cache = running.add_cache(pages());
  use(cache, {"a"});
  running.flush();
  schedule_entry saving{"save"};
  saving.interval = 15min;
  saving.task = schedule_task::save;
  schedule_entry cleaning{"clean up"};
  cleaning.interval = 24h;
  cleaning.task = schedule_task::clean_up;
  running.start({.schedules = {saving, cleaning}});
  BOOST_TEST(ran(running, "popular pages", 1));
  BOOST_TEST(ran(running, "save", 1));
  BOOST_TEST(line(running, "save").result == "saved");
  BOOST_TEST(ran(running, "clean up", 1));
  BOOST_TEST(line(running, "clean up").result.find("expired entries removed") != std::string::npos);
  running.run_schedules();
  BOOST_TEST(ran(running, "popular pages", 2));
  BOOST_TEST(ran(running, "save", 2));
  BOOST_TEST(ran(running, "clean up", 2));
  BOOST_TEST(running.status().scheduler.cycles == 6u);
  running.run_schedules("save");
  BOOST_TEST(ran(running, "save", 3));
  BOOST_CHECK_THROW(running.run_schedules("other"), error);
  const auto stopped = running.stop(10s);
  BOOST_TEST(!stopped.running);
  for (const auto& schedule : stopped.schedules) BOOST_TEST(!schedule.in_progress);
}

BOOST_AUTO_TEST_CASE(each_task_has_a_next_run_of_its_own_and_an_interval_that_fits) {
  engine running{unhurried()};
  auto cache = running.add_cache(pages());
  running.register_task({.cache = "pages", .id = "prices, all", .key = "prices"});
  running.register_task({.cache = "pages", .id = "imprint", .key = "imprint", .critical = true});
  for (int i = 0; i < 100; ++i) cache.get("prices");
  running.flush();
  running.start({.tasks = true});
  const auto id = "task prices, all pages";
  BOOST_TEST(ran(running, id, 1));
  BOOST_TEST(ran(running, "task imprint pages", 1));
  BOOST_TEST(line(running, id).result.starts_with("warmed 0 of 0"));  // it is there already
  BOOST_CHECK(line(running, id).next_run > line(running, id).last_run);
  bool listed = false;
  for (const auto& change : running.optimize_schedules().changes)
    if (change.id == id) {
      listed = true;
      BOOST_TEST(change.key == "prices");
      BOOST_TEST(change.accesses_per_minute > 1);
      BOOST_CHECK(change.after == 15min);
    }
  BOOST_TEST(listed);
  BOOST_CHECK(line(running, id).interval == 15min);
}

BOOST_AUTO_TEST_CASE(entries_that_expire_soon_begin_a_run) {
  engine running{unhurried()};
  auto config = pages();
  config.ttl = 30min;
  config.schedules = {on("later", schedule_event::ttl_nearly_out),
                      on("soon", schedule_event::ttl_nearly_out)};
  config.schedules[0].within = 1min;
  config.schedules[1].within = 1h;
  auto cache = running.add_cache(config);
  use(cache, {"a"});
  running.start({.interval = 0s});
  BOOST_TEST(ran(running, "soon", 1));
  BOOST_TEST(line(running, "later").runs == 0u);
  BOOST_TEST(line(running, "later").why == "waits for ttl_nearly_out");
}

BOOST_AUTO_TEST_CASE(a_run_goes_to_the_cache_that_needs_it_most) {
  engine running{unhurried()};
  auto config = pages();
  auto good = running.add_cache(config);
  config.name = "users";
  auto poor = running.add_cache(config);
  schedule_entry entry{"neediest"};
  entry.what.strategies = {"popular"};
  entry.interval = 1h;
  entry.target = schedule_target::lowest_hit_ratio;
  running.start({.interval = 0s, .schedules = {entry}});
  BOOST_TEST(ran(running, "neediest", 1));
  BOOST_TEST(!line(running, "neediest").succeeded);  // no cache is known well enough yet
  for (int number = 0; number < 1100; ++number) {
    good.get("the same");
    poor.get("another " + std::to_string(number));
  }
  BOOST_TEST(comes_true([&] {
    const auto caches = running.status().caches;
    return std::all_of(caches.begin(), caches.end(),
                       [](const auto& each) { return each.recent_hit_ratio >= 0; });
  }));
  running.run_schedules();
  BOOST_TEST(ran(running, "neediest", 2));
  BOOST_TEST(line(running, "neediest").cache == "users");
  BOOST_TEST(line(running, "neediest").succeeded);
}

BOOST_AUTO_TEST_CASE(patterns_and_critical_tasks_can_be_switched_off) {
  engine running{unhurried()};
  running.add_cache(pages());
  running.register_task({.cache = "pages", .id = "imprint", .critical = true});
  BOOST_TEST(running.start({}).schedules.at(0).id == "popular pages");
  BOOST_TEST(running.start({.patterns = false}).schedules.at(0).id == "critical pages");
  BOOST_TEST(running.start({.patterns = false, .critical = false}).schedules.at(0).why ==
             "background warming is stopped");  // the one of before
}

BOOST_AUTO_TEST_CASE(a_schedule_that_can_not_work_is_refused) {
  engine running{unhurried()};
  running.add_cache(pages());
  auto wrong = on("a", schedule_event::engine_started);
  wrong.what.cache = "pagse";
  BOOST_CHECK_EXCEPTION(running.start({.schedules = {wrong}}), error, [](const error& e) {
    return std::string{e.what()}.find("pagse") != std::string::npos;
  });
  wrong.what.cache = "pages";
  wrong.calendar = "nyse";
  BOOST_CHECK_EXCEPTION(running.start({.schedules = {wrong}}), error, [](const error& e) {
    return std::string{e.what()}.find("nyse") != std::string::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()
