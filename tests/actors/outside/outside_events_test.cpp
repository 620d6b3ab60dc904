// The engine notices by itself what happens to a cache outside: a real Redis, in simulated time.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "actors/warming/proposals.hpp"
#include "stoker/caches.hpp"
#include "tests/fixtures/driven_engine.hpp"
#include "tests/storage/caches/redis_server.hpp"

BOOST_AUTO_TEST_SUITE(outside_events_test)

namespace {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

cache_config pages_at(const redis_server& server) {
  cache_config config;
  config.name = "pages";
  config.load = [](std::string_view key) { return loaded("page " + std::string{key}); };
  config.back_end = std::make_shared<redis_cache>(server.config());
  config.direct_deletes = false;
  config.hold_out = 0;
  config.predictor = predictor_kind::none;
  return config;
}

start_schedule when_emptied() {
  schedule_entry entry;
  entry.id = "again";
  entry.what.cache = "pages";
  entry.what.strategies = {"popular"};
  entry.kind = schedule_kind::event;
  entry.event = schedule_event::cache_emptied;
  entry.considerate = false;
  return {{entry}, {}};
}

constexpr int pages = 100;

void use_all(driven_engine& engine, cache_handle& cache) {
  for (int i = 0; i < pages; ++i) cache.get("/" + std::to_string(i));
  engine.request_passed();
}

std::size_t found(const redis_server& server) {
  redis_cache others{server.config()};
  std::vector<std::string> names;
  for (int i = 0; i < pages; ++i) names.push_back("/" + std::to_string(i));
  const std::vector<std::string_view> keys{names.begin(), names.end()};
  const auto looks = others.contains(keys, std::chrono::steady_clock::now() + 10s);
  return static_cast<std::size_t>(
      std::count_if(looks.begin(), looks.end(), [](const auto& l) { return l.state == residency::present; }));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_redis_that_others_flush_or_restart_is_warmed_again) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  driven_engine engine;
  auto cache = engine.add_cache(pages_at(server));
  engine.ask_engine<scheduler_status>(when_emptied());
  use_all(engine, cache);
  engine.advance(10s);
  BOOST_TEST(engine.status().scheduler.cycles == 0u);

  redis_cache others{server.config()};
  others.clear(std::chrono::steady_clock::now() + 10s);
  BOOST_TEST(found(server) == 0u);
  engine.advance(2s);   // a look at the server
  engine.advance(10s);  // a look of the scheduler
  BOOST_TEST(found(server) == std::size_t{pages});
  BOOST_TEST(engine.status().outside.front().emptied == 1u);

  engine.advance(5min);
  server.process().stop();
  engine.advance(2s);
  auto status = engine.status().outside.front();
  BOOST_TEST(!status.reachable);
  BOOST_TEST(status.trouble == "unavailable");
  BOOST_TEST(status.failed_looks > 0u);
  server.start();
  // The connection is made again with a back-off in real time, of five seconds at most.
  BOOST_TEST_REQUIRE(server.process().wait_until([&] {
    engine.advance(1s);
    return engine.status().outside.front().reachable;
  }));
  BOOST_TEST(engine.status().outside.front().restarts == 1u);
  engine.advance(10s);
  BOOST_TEST(found(server) == std::size_t{pages});
  BOOST_TEST(engine.status().scheduler.cycles == 2u);
}

BOOST_AUTO_TEST_CASE(a_run_takes_no_more_than_the_room_that_redis_has) {
  if (!is_installed("redis-server")) return;
  const redis_server server{{"--maxmemory", "24mb", "--maxmemory-policy", "noeviction"}};
  driven_engine engine;
  auto config = pages_at(server);
  config.load = [](std::string_view) { return loaded(std::string(100'000, 'x')); };
  auto cache = engine.add_cache(config);
  constexpr std::size_t many = 400;  // 40 MB
  for (std::size_t i = 0; i < many; ++i)
    cache.record("/" + std::to_string(i), access_outcome::miss, 100'000, 1000);
  engine.request_passed();
  engine.advance(2s);
  const auto room = engine.status().outside.front().head_room_bytes();
  BOOST_TEST(room < 24u << 20);
  const auto plan =
      engine.ask_engine<warm_plan>(plan_request{{.cache = "pages", .limit = many, .now = engine.now()}});
  BOOST_TEST(plan.budget_bytes <= room);
  std::size_t planned = 0;
  for (const auto& phase : plan.phases) planned += phase.items.size();
  BOOST_TEST(planned > 0u);
  BOOST_TEST(planned <= room / 100'000);
  BOOST_TEST(count_left_out(plan, left_out_reason::over_budget) == many - planned);
  const auto report = engine.ask_engine<warm_report>(warm_request{.cache = "pages", .limit = many});
  BOOST_TEST(report.warmed > planned / 2);  // what is on its way takes room at the server, too
  BOOST_TEST(report.warmed <= planned);
  engine.advance(2s);
  BOOST_TEST(engine.status().outside.front().used_bytes <= 24u << 20);
}

BOOST_AUTO_TEST_SUITE_END()
