// A Redis server whose values spare the origin behind it.
#include "storage/origins/peer_origin.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "messages/error.hpp"
#include "storage/origins/function_origin.hpp"
#include "tests/storage/caches/redis_server.hpp"

namespace peer_origin_suite {

using namespace stoker;
using namespace stoker::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::chrono::steady_clock::time_point in(duration span) {
  return std::chrono::steady_clock::now() + span;
}

struct counted_origin {
  std::atomic<int> loads{0};
  std::shared_ptr<origin> behind = std::make_shared<function_origin>([this](std::string_view key) {
    ++loads;
    return loaded("origin's " + std::string{key});
  });
};

void put(redis_cache& cache, std::string_view key, std::string_view bytes, duration ttl = {}) {
  remote_entry entry;
  entry.key = key;
  entry.bytes = bytes;
  entry.ttl = ttl;
  cache.put(std::span{&entry, 1}, in(seconds{10}));
}

}  // namespace peer_origin_suite

BOOST_FIXTURE_TEST_SUITE(peer_origin_suite, counted_origin)

BOOST_AUTO_TEST_CASE(what_the_peer_holds_spares_the_origin_and_keeps_its_ttl) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  auto peer = std::make_shared<redis_cache>(server.config());
  put(*peer, "warm", "peer's", std::chrono::hours{1});
  put(*peer, "for ever", "peer's");
  peer_origin origin{{peer, behind}};
  const auto warm = origin.load("warm", in(seconds{10}));
  BOOST_TEST(warm.bytes.view() == "peer's");
  BOOST_TEST((warm.ttl > std::chrono::minutes{50} && warm.ttl <= std::chrono::hours{1}));
  BOOST_TEST((origin.load("for ever", in(seconds{10})).ttl == duration::zero()));
  BOOST_TEST(loads == 0);
  BOOST_TEST(origin.load("cold", in(seconds{10})).bytes.view() == "origin's cold");
  BOOST_TEST(loads == 1);
  BOOST_TEST(origin.stats().spared == 2u);
  BOOST_TEST(origin.stats().absent == 1u);
}

BOOST_AUTO_TEST_CASE(without_an_origin_behind_what_the_peer_lacks_is_absent) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  peer_origin origin{{std::make_shared<redis_cache>(server.config()), nullptr}};
  BOOST_TEST((origin.load("cold", in(seconds{10})).outcome == load_outcome::absent));
}

BOOST_AUTO_TEST_CASE(a_peer_that_hangs_costs_its_time_out_once_and_is_asked_again_later) {
  if (!is_installed("redis-server")) return;
  redis_server server;
  auto peer = std::make_shared<redis_cache>(server.config());
  put(*peer, "warm", "peer's");
  peer_origin origin{{peer, behind, milliseconds{20}}};
  server.process().pause();
  BOOST_TEST(origin.load("warm", in(seconds{10})).bytes.view() == "origin's warm");
  BOOST_TEST(origin.stats().troubles[static_cast<std::size_t>(trouble::timed_out)] == 1u);
  std::vector<std::thread> users;
  for (int i = 0; i < 4; ++i) users.emplace_back([&] { origin.load("warm", in(seconds{10})); });
  for (auto& user : users) user.join();
  BOOST_TEST(loads == 5);
  server.process().resume();
  BOOST_TEST(server.process().wait_until(
      [&] { return origin.load("warm", in(seconds{10})).bytes.view() == "peer's"; }));
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_away_leaves_the_origin) {
  const temporary_folder folder;
  redis_config nowhere;
  nowhere.where.socket_path = folder / "s";
  peer_origin origin{{std::make_shared<redis_cache>(nowhere), behind}};
  for (int i = 0; i < 10; ++i)
    BOOST_TEST((origin.load("k", in(seconds{10})).outcome == load_outcome::loaded));
  const auto stats = origin.stats();
  BOOST_TEST(loads == 10);
  BOOST_TEST(stats.skipped + stats.troubles[static_cast<std::size_t>(trouble::unavailable)] == 10u);
  BOOST_TEST(stats.troubles[static_cast<std::size_t>(trouble::unavailable)] >= 1u);
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_configuration_are_told) {
  BOOST_CHECK_THROW(peer_origin{peer_origin_config{}}, error);
  const temporary_folder folder;
  redis_config nowhere;
  nowhere.where.socket_path = folder / "s";
  const auto peer = std::make_shared<redis_cache>(nowhere);
  BOOST_CHECK_THROW((peer_origin{{peer, behind, duration::zero()}}), error);
  BOOST_CHECK_THROW((peer_origin{{peer, behind, milliseconds{1}, 0}}), error);
}

BOOST_AUTO_TEST_SUITE_END()
