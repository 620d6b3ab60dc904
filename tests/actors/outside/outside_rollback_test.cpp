// Undoing a run in a cache outside: against the real servers, and files.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "actors/engine/warm_sets.hpp"
#include "stoker/caches.hpp"
#include "stoker/engine.hpp"
#include "tests/fixtures/driven_engine.hpp"
#include "tests/fixtures/temporary_folder.hpp"
#include "tests/storage/caches/memcached_server.hpp"
#include "tests/storage/caches/redis_server.hpp"

BOOST_AUTO_TEST_SUITE(outside_rollback_test)

namespace {

using namespace stoker;
using namespace stoker::test;
using namespace std::chrono_literals;

constexpr int keys = 50;

std::string key(int number) {
  return "k" + std::to_string(number);
}

remote_cache::steady_deadline soon() {
  return std::chrono::steady_clock::now() + 10s;
}

cache_config pages(std::shared_ptr<remote_cache> back_end) {
  cache_config config;
  config.name = "pages";
  config.load = [](std::string_view name) { return loaded("value of " + std::string{name}); };
  config.back_end = std::move(back_end);
  config.direct_deletes = false;
  config.hold_out = 0;
  config.predictor = predictor_kind::none;
  return config;
}

warm_request these_keys() {
  std::vector<std::string> names;
  for (int i = 0; i < keys; ++i) names.push_back(key(i));
  warm_request request;
  request.cache = "pages";
  request.strategies = {"priority"};
  request.parameters = {{"keys", list_text(names)}};
  request.limit = keys;
  return request;
}

std::string read(remote_cache& cache, const std::string& name) {
  const std::string_view asked = name;
  const auto found = cache.read(std::span{&asked, 1}, soon()).front();
  return found.there.state == residency::present ? std::string{found.bytes.view()} : "<miss>";
}

void put(remote_cache& cache, const std::string& name, std::string_view bytes) {
  remote_entry entry;
  entry.key = name;
  entry.bytes = bytes;
  cache.put(std::span{&entry, 1}, soon());
}

// Ten are used through the engine, five changed by others, one was there before.
void undo_takes_what_is_the_runs_own(std::shared_ptr<remote_cache> back_end, remote_cache& others) {
  engine running;
  auto cache = running.add_cache(pages(std::move(back_end)));
  put(others, key(49), "of a user");
  const auto report = running.warm(these_keys());
  BOOST_TEST(report.warmed == keys - 1);
  for (int i = 0; i < 10; ++i) BOOST_TEST((cache.get(key(i)).outcome == get_outcome::hit));
  for (int i = 10; i < 15; ++i) put(others, key(i), "another value!");
  const auto undone = running.rollback("pages", report.run);
  BOOST_TEST(undone.removed == keys - 1 - 15);
  BOOST_TEST(undone.kept == 15u);
  BOOST_TEST(undone.unknown == 0u);
  BOOST_TEST(undone.trouble == "");
  BOOST_TEST(read(others, key(0)) == "value of k0");
  BOOST_TEST(read(others, key(10)) == "another value!");
  BOOST_TEST(read(others, key(20)) == "<miss>");
  BOOST_TEST(read(others, key(49)) == "of a user");
  BOOST_TEST(running.report("pages", report.run).rolled_back == undone.removed);
  BOOST_TEST(running.rollback("pages", report.run).removed == 0u);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_run_is_undone_at_redis) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  redis_cache others{server.config()};
  undo_takes_what_is_the_runs_own(std::make_shared<redis_cache>(server.config()), others);
}

BOOST_AUTO_TEST_CASE(a_run_is_undone_at_memcached) {
  if (!is_installed("memcached")) return;
  const memcached_server server;
  memcached_cache others{server.config()};
  undo_takes_what_is_the_runs_own(std::make_shared<memcached_cache>(server.config()), others);
}

BOOST_AUTO_TEST_CASE(a_run_is_undone_in_the_page_cache) {
  const temporary_folder folder;
  page_cache_config files;
  files.root = folder.path();
  auto back_end = std::make_shared<page_cache>(files);
  for (int i = 0; i < keys; ++i) std::ofstream{folder / key(i)} << std::string(10'000, 'x');
  engine running;
  auto config = pages(back_end);
  config.load = nullptr;
  auto cache = running.add_cache(config);
  const auto report = running.warm(these_keys());
  BOOST_TEST(report.warmed + report.already_fresh == std::uint64_t{keys});
  const auto undone = running.rollback("pages", report.run);
  // What was written a moment ago is resident already, or dirty: only what was read in is dropped.
  BOOST_TEST(undone.removed + undone.kept == report.warmed);
  BOOST_TEST(undone.trouble == "");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_gone_leaves_a_rollback_that_says_so) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  engine running;
  running.add_cache(pages(std::make_shared<redis_cache>(server.config())));
  const auto report = running.warm(these_keys());
  BOOST_TEST(report.warmed == std::uint64_t{keys});
  server.process().stop();
  const auto undone = running.rollback("pages");
  BOOST_TEST(undone.removed == 0u);
  BOOST_TEST(undone.unknown == std::uint64_t{keys});
  BOOST_TEST(undone.trouble.starts_with("unavailable"));
}

BOOST_AUTO_TEST_CASE(critical_memory_undoes_the_run_under_way) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  redis_cache others{server.config()};
  driven_engine engine{1};  // loads arrive a request later
  engine.add_cache(pages(std::make_shared<redis_cache>(server.config())));
  auto asked = engine.begin<warm_report>(these_keys());
  engine.request_passed();
  engine.request_passed();
  int arrived = 0;
  for (int i = 0; i < keys; ++i) arrived += read(others, key(i)) == "<miss>" ? 0 : 1;
  BOOST_TEST(arrived > 0);
  memory_report critical;
  critical.level = pressure_level::critical;
  caf::anon_send(engine.parts().peers->warmer("pages"), pressure_event{pressure_level::low, critical});
  for (int i = 0; i < 10; ++i) engine.request_passed();
  const auto report = engine.finish<warm_report>(asked);
  BOOST_TEST((report.outcome == run_outcome::stopped_by_pressure));
  BOOST_TEST(report.warmed > 0u);
  BOOST_TEST(report.rolled_back == report.warmed);
  for (int i = 0; i < keys; ++i) BOOST_TEST(read(others, key(i)) == "<miss>");
}

BOOST_AUTO_TEST_SUITE_END()
