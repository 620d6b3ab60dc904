// Limits of an origin of its own, through a whole engine: set before and while it runs, shared by its caches.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <stoker/engine.hpp>

#include "tests/fixtures/driven_engine.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/gate.hpp"

using namespace stoker;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(origin_limits_of_an_engine)

namespace {

struct manual_clock {
  std::shared_ptr<std::atomic<std::int64_t>> at =
      std::make_shared<std::atomic<std::int64_t>>(duration{24h * 20'000}.count());

  clock_function function() const {
    return [shared = at] { return time_point{duration{shared->load()}}; };
  }
};

cache_config of_db(const std::string& name, loader load) {
  cache_config config;
  config.name = name;
  config.origin_name = "db";
  config.predictor = predictor_kind::none;
  config.hold_out = 0;
  config.load = std::move(load);
  return config;
}

load_result thousand_bytes(std::string_view) {
  return loaded(std::string(1000, 'x'));
}

warm_request ten_of(const std::string& cache, duration deadline) {
  warm_request request;
  request.cache = cache;
  request.strategies = {"priority"};
  request.parameters = {{"keys", "k0,k1,k2,k3,k4,k5,k6,k7,k8,k9"}};
  request.deadline = deadline;
  return request;
}

origin_status db_of(engine& running) {
  for (const auto& origin : running.status().origins)
    if (origin.origin == "db") return origin;
  throw std::runtime_error{"no such origin"};
}

}  // namespace

BOOST_AUTO_TEST_CASE(limits_may_come_before_the_caches_that_share_them) {
  const manual_clock clock;  // that stands still: no token comes back
  engine running{{.now = clock.function()}};
  running.limit_origin("db", {per_minute(7), {}, 0});
  running.add_cache(of_db("pages", thousand_bytes));
  running.add_cache(of_db("menus", thousand_bytes));
  BOOST_TEST(db_of(running).limits.calls.tokens == 7);
  running.add_cache([] {
    auto config = of_db("free", thousand_bytes);
    config.origin_name = "another";
    return config;
  }());
  BOOST_TEST(running.warm(ten_of("free", 10s)).warmed == 10u);
  // The tenth call of both together is over the limit, and users' loads count.
  BOOST_TEST(bool(running.cache("menus").get("k0")));
  BOOST_TEST(bool(running.cache("menus").get("k1")));
  BOOST_REQUIRE(test::eventually([&] { return db_of(running).demand_loads == 2; }));
  const auto before = db_of(running);
  BOOST_TEST(before.demand_bytes == 2000u);
  BOOST_TEST(before.tokens == 5);
}

BOOST_AUTO_TEST_CASE(a_limit_of_bytes_is_lifted_while_a_run_waits_for_it) {
  engine running;
  running.limit_origin("db", {{}, per_minute(3000, 3000), 1});
  running.add_cache(of_db("pages", thousand_bytes));
  auto report = std::async(std::launch::async, [&] { return running.warm(ten_of("pages", 5min)); });
  BOOST_REQUIRE(test::eventually([&] { return db_of(running).byte_tokens < 1000; }));
  const auto held = db_of(running);
  BOOST_TEST(held.warming_bytes <= 4000u);
  BOOST_TEST(held.queued > 0u);
  running.unlimit_origin("db");
  const auto done = report.get();
  BOOST_TEST(done.warmed == 10u);
  BOOST_TEST(done.reconciles());
  BOOST_TEST(db_of(running).warming_bytes == 10'000u);
  BOOST_TEST(db_of(running).limits.bytes.tokens == 0);
}

BOOST_AUTO_TEST_CASE(users_loads_never_wait_for_a_limit) {
  engine running;
  running.limit_origin("db", {per_minute(1), per_minute(1), 1});
  auto cache = running.add_cache(of_db("pages", thousand_bytes));
  for (int i = 0; i < 50; ++i) BOOST_TEST(bool(cache.get("user " + std::to_string(i))));
  BOOST_TEST(cache.stats().misses == 50u);
}

BOOST_AUTO_TEST_CASE(users_loads_under_way_and_their_throttling_are_told_to_the_guard) {
  test::gate gate;
  engine running;
  running.limit_origin("db", {{}, {}, 2});
  auto cache = running.add_cache(of_db("pages", [&](std::string_view key) {
    if (key != "busy") gate.enter();
    load_result result;
    result.outcome = load_outcome::throttled;
    result.retry_after = 1h;
    return result;
  }));
  auto waiting = cache.get_async("slow");
  BOOST_REQUIRE(test::eventually([&] { return db_of(running).demand_in_flight == 1; }));
  gate.open();
  BOOST_TEST(!waiting.get());
  BOOST_REQUIRE(test::eventually([&] { return db_of(running).throttled == 1; }));
  const auto now = db_of(running);
  BOOST_TEST(now.demand_in_flight == 0u);
  BOOST_CHECK(now.paused_until > running.status().at + 50min);
}

BOOST_FIXTURE_TEST_CASE(limits_outlive_the_actor_that_keeps_them, test::driven_engine) {
  add_cache(of_db("pages", thousand_bytes));
  BOOST_TEST(ask_engine<flushed>(origin_limits_change{"db", true, {per_second(3), {}, 0}}).complete);
  run();
  BOOST_TEST(status().origins.at(0).limits.calls.tokens == 3);
  caf::anon_send_exit(parts().peers->origin("db"), caf::exit_reason::kill);
  run();
  BOOST_TEST(status().origins.empty());
  advance(1s);
  BOOST_REQUIRE(status().origins.size() == 1u);
  BOOST_TEST(status().origins[0].limits.calls.tokens == 3);
}

BOOST_AUTO_TEST_CASE(limits_that_are_none_are_refused_and_change_nothing) {
  engine running;
  running.limit_origin("db", {per_second(3), {}, 0});
  running.add_cache(of_db("pages", thousand_bytes));
  BOOST_CHECK_THROW(running.limit_origin("db", {per_second(-1), {}, 0}), error);
  BOOST_TEST(db_of(running).limits.calls.tokens == 3);
}

BOOST_AUTO_TEST_CASE(a_pass_over_caches_plans_with_the_bytes_of_their_origin) {
  engine running;
  for (const auto* name : {"pages", "menus"}) {
    auto cache = running.add_cache(of_db(name, thousand_bytes));
    for (int i = 0; i < 30; ++i) cache.get("k" + std::to_string(i));
    cache.clear();
  }
  BOOST_TEST(running.flush());
  BOOST_REQUIRE(test::eventually([&] { return db_of(running).demand_loads == 60; }));
  running.limit_origin("db", {{}, per_second(20'000), 0});
  // 20,000 are saved, and 4,000 come while the pass lasts.
  const auto report = running.warm_together({.strategies = {"popular"}, .deadline = 200ms});
  std::uint64_t items = 0;
  for (const auto& share : report.shares) items += share.items;
  BOOST_TEST(items >= 15u);
  BOOST_TEST(items <= 24u);
}

BOOST_AUTO_TEST_SUITE_END()
