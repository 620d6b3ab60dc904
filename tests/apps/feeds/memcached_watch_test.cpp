#include "apps/feeds/memcached_watch.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"
#include "tests/apps/feeds/client_socket.hpp"
#include "tests/apps/feeds/recorded_accesses.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/scripted_server.hpp"
#include "tests/storage/caches/memcached_server.hpp"

BOOST_AUTO_TEST_SUITE(memcached_watch_test)

namespace {

using namespace stoker;
using namespace stoker::test;
using feeds::memcached_watch;

constexpr std::chrono::seconds patience{10};

// Asks for the keys as an application does, and waits for the answers.
void get(const memcached_config& config, const std::vector<std::string>& keys) {
  const client_socket client{config.where.socket_path};
  std::string all;
  for (const auto& key : keys) all += "get " + key + "\r\n";
  client.send(all + "mn\r\n");
  std::string answers;
  while (!answers.ends_with("MN\r\n")) {
    const auto more = client.receive(1);
    BOOST_REQUIRE(!more.empty());
    answers += more;
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_clients_fetch_is_recorded_and_what_stoker_fetches_is_not) {
  if (!is_installed("memcached")) return;
  memcached_server server;
  recorded_accesses recorded;
  memcached_watch feed{{server.config()}, recorded.sink()};
  feed.start();
  BOOST_REQUIRE(eventually([&] { return feed.connected(); }));
  memcached_cache cache{server.config()};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const remote_entry entry{"filled", "value", {}, cache.begin_fill("filled")};
  BOOST_TEST((cache.fill({&entry, 1}, deadline).at(0).result == fill_result::stored));
  const std::string_view asked = "filled";
  BOOST_TEST((cache.read({&asked, 1}, deadline).at(0).there.state == residency::present));
  get(server.config(), {"filled", "none"});
  BOOST_TEST(eventually([&] { return recorded.size() >= 2; }));
  feed.stop();
  const auto all = recorded.all();
  BOOST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0].key == "filled");
  BOOST_TEST((all[0].outcome == access_outcome::hit));
  BOOST_TEST(all[0].bytes == 5u);
  BOOST_TEST(all[1].key == "none");
  BOOST_TEST((all[1].outcome == access_outcome::miss));
  BOOST_TEST(feed.counters().left_out >= 2u);
  BOOST_TEST(eventually([&] { return reconciles(feed.counters()); }));
  BOOST_TEST(cache.stats(deadline).misses == 1u);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_absent_or_dies_is_watched_when_it_is_back) {
  if (!is_installed("memcached")) return;
  memcached_server server;
  recorded_accesses recorded;
  memcached_watch feed{{server.config()}, recorded.sink()};
  server.process().stop();
  feed.start();
  BOOST_TEST(eventually([&] { return !feed.last_error().empty(); }));
  server.start();
  BOOST_REQUIRE(eventually([&] { return feed.connected(); }));
  get(server.config(), {"a"});
  BOOST_TEST(eventually([&] { return recorded.size() == 1; }));
  server.process().stop();
  BOOST_TEST(eventually([&] { return !feed.connected(); }));
  server.start();
  BOOST_REQUIRE(eventually([&] { return feed.connected(); }));
  get(server.config(), {"b"});
  BOOST_TEST(eventually([&] { return recorded.size() == 2; }));
  BOOST_TEST(feed.counters().reconnects == 1u);
}

BOOST_AUTO_TEST_CASE(lines_that_memcached_drops_are_counted) {
  if (!is_installed("memcached")) return;
  memcached_server server;
  recorded_accesses recorded;
  auto config = feeds::memcached_watch_config{server.config()};
  config.count_interval = std::chrono::milliseconds{1};
  memcached_watch feed{config, recorded.sink()};
  feed.start();
  BOOST_REQUIRE(eventually([&] { return feed.connected(); }));
  // More at once than its workers' buffers hold, and less than a socket's answers may be.
  const std::vector<std::string> keys(5000, "none");
  BOOST_TEST(eventually([&] {
    get(server.config(), keys);
    return feed.counters().dropped > 0;
  }));
  feed.stop();
  BOOST_TEST(eventually([&] { return reconciles(feed.counters()); }));
}

BOOST_AUTO_TEST_CASE(garbage_is_no_watching) {
  temporary_folder folder;
  scripted_server server{folder / "s", {"MN\r\n", "ERROR\r\n"}};
  recorded_accesses recorded;
  feeds::memcached_watch_config config;
  config.server.where.socket_path = folder / "s";
  memcached_watch feed{config, recorded.sink()};
  feed.start();
  BOOST_TEST(eventually([&] { return feed.last_error().find("does not let itself") != std::string::npos; }));
  BOOST_TEST(!feed.connected());
}

BOOST_AUTO_TEST_CASE(a_stopped_feed_stops_though_the_server_is_silent) {
  if (!is_installed("memcached")) return;
  memcached_server server;
  recorded_accesses recorded;
  memcached_watch feed{{server.config()}, recorded.sink()};
  feed.start();
  BOOST_REQUIRE(eventually([&] { return feed.connected(); }));
  server.process().pause();
  feed.stop();
  server.process().resume();
  auto wrong = feeds::memcached_watch_config{server.config()};
  wrong.count_interval = {};
  BOOST_CHECK_THROW(memcached_watch(wrong, recorded.sink()), error);
}

BOOST_AUTO_TEST_SUITE_END()
