// The public face, as a host with plain threads uses it.
#include <boost/test/unit_test.hpp>
#include <future>
#include <stoker/engine.hpp>
#include <thread>

#include "tests/fixtures/eventually.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(engine_face)

namespace {

// An origin that knows every key "k..." and counts its loads.
struct counted_origin {
  std::shared_ptr<std::atomic<int>> loads = std::make_shared<std::atomic<int>>(0);

  loader function() const {
    return [count = loads](std::string_view key) -> load_result {
      ++*count;
      if (!key.starts_with('k')) return {.outcome = load_outcome::absent};
      return {.outcome = load_outcome::loaded, .bytes = value{"value of " + std::string{key}}};
    };
  }
};

cache_config pages(const loader& load) {
  cache_config config;
  config.name = "pages";
  config.capacity_bytes = 8 << 20;
  config.load = load;
  config.predictor = predictor_kind::none;
  return config;
}

std::string key(int number) {
  return "k" + std::to_string(number);
}

}  // namespace

BOOST_AUTO_TEST_CASE(reads_through_and_keeps_what_it_read) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  const auto first = cache.get("k1");
  BOOST_CHECK(first.outcome == get_outcome::miss);
  BOOST_TEST(first.bytes.view() == "value of k1");
  BOOST_CHECK(cache.get("k1").outcome == get_outcome::hit);
  BOOST_TEST(*origin.loads == 1);
  BOOST_CHECK(cache.get("unknown").outcome == get_outcome::absent);
  BOOST_CHECK(!cache.get("unknown"));
}

BOOST_AUTO_TEST_CASE(an_absent_key_costs_one_load_until_it_may_exist) {
  counted_origin origin;
  engine running;
  auto config = pages(origin.function());
  config.absent_ttl = 1h;
  auto cache = running.add_cache(config);
  for (int i = 0; i < 3; ++i) BOOST_CHECK(cache.get("unknown").outcome == get_outcome::absent);
  BOOST_TEST(*origin.loads == 1);
  BOOST_TEST(running.status().caches.front().absent_answers == 2u);
  cache.invalidate("unknown");
  cache.get("unknown");
  BOOST_TEST(*origin.loads == 2);
  cache.clear();
  cache.get("unknown");
  BOOST_TEST(*origin.loads == 3);
  cache.put("unknown", "known");
  cache.invalidate("unknown");
  BOOST_CHECK(cache.get("unknown").outcome == get_outcome::absent);
  BOOST_TEST(*origin.loads == 4);
}

// CAF's system waits for every thread that still has its logger.
BOOST_AUTO_TEST_CASE(ends_in_another_thread_than_made_it_while_others_that_asked_it_go_on) {
  counted_origin origin;
  auto running = std::make_unique<engine>();
  running->add_cache(pages(origin.function()));
  std::promise<void> asked, ended;
  std::thread other{[&] {
    running->status();
    running->warm({.cache = "pages"}, [](const warm_progress&) {});
    asked.set_value();
    ended.get_future().wait();
  }};
  asked.get_future().wait();
  std::thread{[&] { running.reset(); }}.join();
  ended.set_value();
  other.join();
  BOOST_TEST(!running);
}

BOOST_AUTO_TEST_CASE(concurrent_gets_share_one_load) {
  std::atomic<int> loads{0};
  std::promise<void> release;
  auto released = release.get_future().share();
  engine running;
  auto cache = running.add_cache(pages([&](std::string_view) -> load_result {
    ++loads;
    released.wait();
    return {.outcome = load_outcome::loaded, .bytes = value{"x"}};
  }));
  std::vector<std::future<get_result>> answers;
  for (int i = 0; i < 8; ++i) answers.push_back(cache.get_async("k"));
  release.set_value();
  for (auto& answer : answers) BOOST_CHECK(answer.get());
  BOOST_TEST(loads == 1);
}

BOOST_AUTO_TEST_CASE(a_live_put_wins_and_an_invalidated_key_is_loaded_again) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  cache.put("k1", "live", {.tags = {"news"}});
  BOOST_TEST(cache.get("k1").bytes.view() == "live");
  BOOST_TEST(cache.invalidate("k1"));
  BOOST_TEST(cache.get("k1").bytes.view() == "value of k1");
  cache.put("k2", "live", {.tags = {"news"}});
  BOOST_TEST(cache.invalidate_tags({"news"}) == 1u);
  BOOST_CHECK(cache.get("k2").outcome == get_outcome::miss);
  cache.clear();
  BOOST_CHECK(cache.get("k1").outcome == get_outcome::miss);
}

BOOST_AUTO_TEST_CASE(learns_from_accesses_and_warms_what_is_popular) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  for (int round = 0; round < 10; ++round)
    for (int number = 0; number < 20; ++number)
      if (round < 5 || number < 5) cache.get(key(number));
  BOOST_TEST(running.flush());
  BOOST_TEST(cache.frequency("k0") == 10u);
  BOOST_TEST(cache.frequency("k19") == 5u);
  BOOST_TEST(cache.frequency("never") == 0u);

  cache.clear();
  std::vector<warm_progress> steps;
  const auto report = running.warm({.cache = "pages", .parameters = {{"limit", "5"}}},
                                   [&](const warm_progress& step) { steps.push_back(step); });
  BOOST_CHECK(report.outcome == run_outcome::completed);
  BOOST_TEST(report.warmed == 5u);
  BOOST_TEST(report.reconciles());
  for (int number = 0; number < 5; ++number) BOOST_CHECK(cache.get(key(number)).outcome == get_outcome::hit);
  BOOST_CHECK(cache.get(key(19)).outcome == get_outcome::miss);
  BOOST_REQUIRE(!steps.empty());
  BOOST_TEST(steps.back().done == 5u);
  BOOST_TEST(steps.back().total == 5u);
}

BOOST_AUTO_TEST_CASE(warming_never_counts_as_user_traffic) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  cache.get("k1");
  running.flush();
  cache.clear();
  const auto before = cache.stats();
  BOOST_TEST(running.warm({.cache = "pages"}).warmed == 1u);
  BOOST_TEST(cache.stats().hits == before.hits);
  BOOST_TEST(cache.stats().misses == before.misses);
  running.flush();
  BOOST_TEST(cache.frequency("k1") == 1u);
  cache.get("k1");
  BOOST_TEST(cache.stats().first_uses == 1u);
}

BOOST_AUTO_TEST_CASE(a_plan_shows_what_a_run_would_do_and_can_be_run_later) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  for (int number = 0; number < 10; ++number) cache.get(key(number));
  running.flush();
  cache.invalidate("k3");
  const auto plan = running.plan({.cache = "pages"});
  BOOST_TEST(plan.selected == 1u);
  BOOST_TEST(plan.left_out.size() == 9u);
  BOOST_CHECK(plan.left_out.front().reason == left_out_reason::fresh);
  const auto loads = origin.loads->load();
  BOOST_TEST(running.run(plan).warmed == 1u);
  BOOST_TEST(*origin.loads == loads + 1);
  BOOST_CHECK(cache.get("k3").outcome == get_outcome::hit);
}

BOOST_AUTO_TEST_CASE(status_tells_what_became_of_items_and_how_many_messages_wait_for_each_actor) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  for (int number = 0; number < 10; ++number) cache.get(key(number));
  running.flush();
  cache.invalidate("k3");
  running.warm({.cache = "pages"});
  const auto status = running.status();
  BOOST_TEST(status.missing.empty());
  const auto items = [&](const std::string& result, const std::string& reason) {
    for (const auto& each : status.warmers.at(0).items)
      if (each.strategy == "popular" && each.result == result && each.reason == reason) return each.items;
    return std::uint64_t{0};
  };
  BOOST_TEST(items("warmed", "none") == 1u);
  BOOST_TEST(items("left_out", "fresh") == 9u);
  BOOST_REQUIRE(status.warmers.at(0).ended.size() == 1u);
  BOOST_TEST(status.warmers.at(0).ended.at(0).outcome == "completed");
  BOOST_TEST(status.collectors.at(0).accesses >= 10u);
  BOOST_TEST(status.origins.at(0).max_in_flight > 0u);
  BOOST_CHECK(status.history.loss_window > duration::zero());
  for (const auto& actor : status.actors) {
    const auto loads = actor.name.starts_with("loader");  // blocks, so nobody asks it
    BOOST_CHECK_MESSAGE(loads || actor.mailbox >= 0, actor.name + " does not tell its mailbox");
  }
}

BOOST_AUTO_TEST_CASE(warms_one_key_now_with_a_loader_of_its_own) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  const auto receipt = running.warm_key("pages", "special",
                                        [](std::string_view) -> load_result {
                                          return {.outcome = load_outcome::loaded, .bytes = value{"own"}};
                                        },
                                        {.tags = {"campaign"}});
  BOOST_CHECK(receipt.status == load_status::stored);
  BOOST_TEST(cache.get("special").bytes.view() == "own");
  BOOST_TEST(*origin.loads == 0);
  BOOST_TEST(cache.invalidate_tags({"campaign"}) == 1u);
}

BOOST_AUTO_TEST_CASE(runs_strategies_and_actions_of_the_host) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  running.register_strategy({.cache = "pages",
                             .name = "first",
                             .description = "The first keys by number",
                             .parameters = {{"count", "integer", "3", "How many"}},
                             .propose = [](const strategy_request& request) {
                               std::vector<candidate> result;
                               for (int i = 0; i < std::stoi(request.parameters.at(0).text); ++i)
                                 result.push_back({.key = key(i), .probability = 0.9});
                               return result;
                             }});
  bool ran = false;
  running.register_action(
      {.name = "by_hand", .description = "Warms by itself", .run = [&](const strategy_request&) {
         ran = true;
         return true;
       }});
  BOOST_TEST(running.warm({.cache = "pages", .strategies = {"first"}}).warmed == 3u);
  BOOST_TEST(
      running.warm({.cache = "pages", .strategies = {"first"}, .parameters = {{"count", "5"}}}).warmed == 2u);
  BOOST_CHECK(running.warm({.cache = "pages", .strategies = {"by_hand"}}).outcome == run_outcome::completed);
  BOOST_TEST(ran);
  const auto known = running.strategies();
  const auto shown = [&](const std::string& name) {
    return std::any_of(known.begin(), known.end(), [&](const auto& one) { return one.name == name; });
  };
  BOOST_TEST((shown("popular") && shown("recent") && shown("first") && shown("by_hand")));
}

BOOST_AUTO_TEST_CASE(warms_dependencies_before_what_needs_them) {
  std::mutex mutex;
  std::vector<std::string> order;
  engine running;
  auto cache = running.add_cache(pages([&](std::string_view key) -> load_result {
    std::lock_guard guard{mutex};
    order.emplace_back(key);
    return {.outcome = load_outcome::loaded, .bytes = value{"x"}};
  }));
  cache.get("k_page");
  running.flush();
  cache.clear();
  order.clear();
  cache.depends("k_page", {"k_layout", "k_style"});
  BOOST_TEST(running.warm({.cache = "pages"}).warmed == 3u);
  BOOST_REQUIRE(order.size() == 3u);
  BOOST_TEST(order.back() == "k_page");
}

BOOST_AUTO_TEST_CASE(background_warming_starts_and_stops) {
  counted_origin origin;
  engine running{{.busy = {.stall_share = 0, .load_per_core = 0}}};  // whatever else this machine does
  auto cache = running.add_cache(pages(origin.function()));
  cache.get("k1");
  running.flush();
  cache.clear();
  BOOST_TEST(running.start({.interval = 1h}).running);
  BOOST_REQUIRE(test::eventually([&] { return cache.stats().prefetches > 0; }));
  BOOST_CHECK(cache.get("k1").outcome == get_outcome::hit);
  BOOST_TEST(running.status().started);
  BOOST_TEST(!running.stop().running);
  BOOST_TEST(!running.status().started);
}

BOOST_AUTO_TEST_CASE(status_tells_of_every_actor_and_counts_reconcile) {
  counted_origin origin;
  engine running{{.tracker_shards = 3, .loaders = 2}};
  auto cache = running.add_cache(pages(origin.function()));
  for (int round = 0; round < 3; ++round)
    for (int number = 0; number < 7; ++number) cache.get(key(number));
  running.flush();
  const auto status = running.status();
  BOOST_TEST(status.missing.empty());
  // historian, 3 trackers, arbiter, monitor, scheduler, 2 loaders, origin, collector, predictor, warmer
  BOOST_TEST(status.actors.size() == 13u);
  for (const auto& actor : status.actors) BOOST_CHECK(actor.condition == actor_condition::running);
  BOOST_REQUIRE(status.caches.size() == 1u);
  BOOST_TEST(status.caches[0].hits + status.caches[0].misses == 21u);
  BOOST_TEST(status.caches[0].recorded == 21u);
  BOOST_TEST(status.tracker.accesses == 21u);
  BOOST_TEST(status.tracker.keys == 7u);
  BOOST_TEST(status.memory.reading.limit_bytes > 0u);
  BOOST_TEST(running.stats().caches[0].entries == 7u);
  const auto patterns = running.patterns("pages");
  BOOST_TEST(patterns.total_accesses == 21u);
  BOOST_TEST(patterns.unique_keys == 7u);
}

BOOST_AUTO_TEST_CASE(describes_keys_and_ranks_them_by_tag) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  for (int number = 0; number < 4; ++number) cache.get(key(number));
  cache.describe("k2", {"python"}, {{"complexity", 7}});
  running.flush();
  const auto tagged = running.top({.cache = "pages", .tag = "python"});
  BOOST_REQUIRE(tagged.keys.size() == 1u);
  BOOST_TEST(tagged.keys[0].key == "k2");
  const auto complex = running.top({.cache = "pages", .attribute = "complexity", .at_least = 8});
  BOOST_TEST(complex.keys.empty());
}

BOOST_AUTO_TEST_CASE(forgets_when_told) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  cache.get("k1");
  running.flush();
  BOOST_TEST(running.patterns("pages").unique_keys == 1u);
  running.forget("pages");
  BOOST_TEST(running.patterns("pages").unique_keys == 0u);
}

BOOST_AUTO_TEST_CASE(records_accesses_of_a_cache_that_the_host_keeps_itself) {
  counted_origin origin;
  engine running;
  auto cache = running.add_cache(pages(origin.function()));
  cache.record("k7", access_outcome::hit);
  cache.record("k7", access_outcome::miss, {.subject = "user 1", .kind = "session"}, {"k8"}, 100, 2000);
  running.flush();
  BOOST_TEST(cache.frequency("k7") == 2u);
  BOOST_TEST(cache.stats().misses == 0u);  // its own lookups are another matter
}

BOOST_AUTO_TEST_CASE(knows_when_a_key_was_used_with_what_and_when_it_is_due_again) {
  counted_origin origin;
  std::atomic<std::int64_t> minutes{1'000'000};
  engine running{{.now = [&] { return time_point{std::chrono::minutes{minutes.load()}}; }}};
  auto cache = running.add_cache(pages(origin.function()));
  for (int visit = 0; visit < 6; ++visit) {
    cache.record("k1", access_outcome::hit, {.subject = "user 1"}, {"k2"});
    BOOST_TEST(running.flush());
    minutes += 10;
  }
  const auto last = time_point{std::chrono::minutes{1'000'050}};
  const auto next = cache.next_access("k1");
  BOOST_REQUIRE(next.has_value());
  BOOST_CHECK(*next == last + 10min);
  BOOST_TEST(!cache.next_access("never").has_value());

  const auto known = running.key("pages", "k1");
  BOOST_TEST(known.count == 6u);
  BOOST_CHECK(known.last_access == last);
  BOOST_TEST(known.access_times.size() == 6u);
  BOOST_REQUIRE(known.co_accessed.size() == 1u);
  BOOST_TEST(known.co_accessed[0].first == "k2");
  std::uint64_t by_hour = 0;
  for (const auto accesses : known.hour_of_day) by_hour += accesses;
  BOOST_TEST(by_hour == 6u);
  BOOST_TEST(running.key("pages", "never").count == 0u);

  const auto due = running.top({.cache = "pages", .by = ranking::due, .window = 1h});
  BOOST_REQUIRE(due.keys.size() == 1u);
  BOOST_TEST(due.keys[0].key == "k1");
}

BOOST_AUTO_TEST_CASE(many_threads_and_many_engines_get_along) {
  counted_origin origin;
  engine one;
  engine two;
  auto first = one.add_cache(pages(origin.function()));
  auto second = two.add_cache(pages(origin.function()));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) (t % 2 == 0 ? first : second).get(key(i % 50));
    });
  for (auto& thread : threads) thread.join();
  BOOST_TEST(one.flush());
  BOOST_TEST(two.flush());
  BOOST_TEST(one.status().tracker.accesses + one.status().tracker.dropped_accesses == 4000u);
  BOOST_TEST(two.stats().caches[0].hits + two.stats().caches[0].misses == 4000u);
}

BOOST_AUTO_TEST_SUITE_END()
