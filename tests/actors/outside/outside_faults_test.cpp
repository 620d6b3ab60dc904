// A server that dies in a run of an engine's, and an origin that says no in every way: each key ends in a
// named outcome, the run goes on when the peer does, and what it could not warm is warmed by the next.
#include <atomic>
#include <boost/test/unit_test.hpp>

#include "stoker/caches.hpp"
#include "stoker/engine.hpp"
#include "stoker/origins.hpp"
#include "tests/fixtures/http_server.hpp"
#include "tests/storage/caches/memcached_server.hpp"
#include "tests/storage/caches/redis_server.hpp"

namespace stoker::test {

namespace outside_faults_test {

constexpr std::uint32_t many = 600;

cache_config pages() {
  cache_config made;
  made.name = "pages";
  made.direct_deletes = false;
  made.hold_out = 0;
  made.predictor = predictor_kind::none;  // every load is asked for here
  return made;
}

std::string page(std::uint32_t number) {
  return "page:" + std::to_string(number);
}

void learn(engine& running, cache_handle& cache, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) cache.record(page(i), access_outcome::miss, 100, 1000);
  BOOST_TEST(running.flush());
}

// The server is killed, and started again empty, at a load in the middle of the run.
template <class Cache, class Server>
void dies_in_a_run() {
  Server server;
  std::atomic<std::uint32_t> loads{0};
  auto config = pages();
  config.back_end = std::make_shared<Cache>(server.config());
  config.load = [&](std::string_view key) {
    if (++loads == many / 2) {
      server.process().stop();
      server.start();
    }
    return loaded(std::string{key});
  };
  engine running;
  auto cache = running.add_cache(config);
  learn(running, cache, many);
  const auto first = running.warm({.cache = "pages", .limit = many});
  BOOST_TEST((first.outcome == run_outcome::completed));
  BOOST_TEST(first.selected == many);
  BOOST_TEST(first.reconciles());
  BOOST_TEST(first.warmed > many / 2);
  for (const auto& problem : first.problems) BOOST_TEST(problem.reason != "");
  const auto second = running.warm({.cache = "pages", .limit = many});
  BOOST_TEST(second.reconciles());
  BOOST_TEST(second.warmed + second.already_fresh == many);
  BOOST_TEST(second.warmed > 0u);  // what the dead server took with it
  for (std::uint32_t i = 0; i < many; ++i) BOOST_TEST((cache.get(page(i)).outcome == get_outcome::hit));
}

// Of one key in six each: asks to slow down, fails, hangs, closes, talks nonsense, works.
class unwell_origin {
 public:
  http_origin_config config() const {
    http_origin_config made;
    made.urls = {{"page:{id}", server_.url() + "/{id}"}};
    return made;
  }
  std::atomic<bool> well{false};

 private:
  said_answer say(const heard_request& request) const {
    const auto kind = well ? 5 : std::stoul(request.target.substr(1)) % 6;
    if (kind == 0) return answer(429, "", "Retry-After: 1\r\n");
    if (kind == 1) return answer(500, "oops");
    if (kind == 2) return {"", false, true};
    if (kind == 3) return {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true};
    if (kind == 4) return {"garbage\r\n\r\n", true};
    return answer(200, "v");
  }

  http_server server_{[this](const heard_request& request) { return say(request); }};
};

}  // namespace outside_faults_test

BOOST_AUTO_TEST_SUITE(outside_faults_test)

BOOST_AUTO_TEST_CASE(a_redis_that_dies_in_a_run_and_comes_back_is_warm_in_the_end) {
  if (is_installed("redis-server")) dies_in_a_run<redis_cache, redis_server>();
}

BOOST_AUTO_TEST_CASE(a_memcached_that_dies_in_a_run_and_comes_back_is_warm_in_the_end) {
  if (is_installed("memcached")) dies_in_a_run<memcached_cache, memcached_server>();
}

BOOST_AUTO_TEST_CASE(
    an_origin_that_says_no_in_every_way_costs_a_named_outcome_a_key_and_is_used_when_it_is_well) {
  unwell_origin origin;
  constexpr std::uint32_t keys = 12;
  auto config = pages();
  config.source = std::make_shared<http_origin>(origin.config());
  config.load_timeout = std::chrono::milliseconds{200};
  engine running;
  auto cache = running.add_cache(config);
  learn(running, cache, keys);
  const auto unwell = running.warm({.cache = "pages", .limit = keys, .deadline = std::chrono::seconds{3}});
  BOOST_TEST(unwell.selected == keys);
  BOOST_TEST(unwell.reconciles());
  BOOST_TEST(unwell.warmed <= keys / 6);
  BOOST_TEST(unwell.problems.size() == keys - unwell.warmed);
  for (const auto& problem : unwell.problems) BOOST_TEST(problem.reason != "");
  const auto users = cache.get(page(1));
  BOOST_TEST((users.outcome == get_outcome::failed));
  BOOST_TEST(users.error.find("500") != std::string::npos);
  origin.well = true;
  const auto well = running.warm({.cache = "pages", .limit = keys});
  BOOST_TEST(well.warmed + well.fresh + well.already_fresh == keys);
  for (std::uint32_t i = 0; i < keys; ++i) BOOST_TEST((cache.get(page(i)).outcome == get_outcome::hit));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
