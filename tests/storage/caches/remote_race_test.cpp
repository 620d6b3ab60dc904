// Fills don't lose races: live traffic against the warmer, at real servers.
#include <boost/test/unit_test.hpp>

#include "storage/caches/memcached/memcached_fleet.hpp"
#include "storage/caches/remote/fill_ttl.hpp"
#include "tests/storage/caches/memcached_server.hpp"
#include "tests/storage/caches/redis_server.hpp"
#include "tests/storage/caches/remote_race_checks.hpp"

namespace stoker::test {

BOOST_AUTO_TEST_SUITE(remote_race_test)

namespace {

template <class Cache, class Server>
remote_race::result race_of(const Server& server, bool direct_deletes) {
  return race_at([&] { return std::make_unique<Cache>(server.config()); }, direct_deletes);
}

struct fleet {
  memcached_server first, second;

  memcached_fleet_config config() const {
    memcached_fleet_config made;
    for (const auto* each : {&first, &second}) made.servers.push_back({each->config().where, 1, ""});
    return made;
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_stale_stays_in_redis_when_deletes_go_through_stoker) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  BOOST_TEST(race_of<redis_cache>(server, false).stale == 0u);
}

BOOST_AUTO_TEST_CASE(what_direct_deletes_leave_stale_in_redis_goes_within_the_fence_ttl) {
  if (!is_installed("redis-server")) return;
  const redis_server server;
  BOOST_TEST(race_of<redis_cache>(server, true).stale_unbounded == 0u);
}

BOOST_AUTO_TEST_CASE(nothing_stale_stays_in_memcached_when_deletes_go_through_stoker) {
  if (!is_installed("memcached")) return;
  const memcached_server server;
  BOOST_TEST(race_of<memcached_cache>(server, false).stale == 0u);
}

BOOST_AUTO_TEST_CASE(what_direct_deletes_leave_stale_in_memcached_goes_within_the_fence_ttl) {
  if (!is_installed("memcached")) return;
  const memcached_server server;
  BOOST_TEST(race_of<memcached_cache>(server, true).stale_unbounded == 0u);
}

BOOST_AUTO_TEST_CASE(nothing_stale_stays_in_a_fleet_when_deletes_go_through_stoker) {
  if (!is_installed("memcached")) return;
  const fleet servers;
  BOOST_TEST(race_of<memcached_fleet>(servers, false).stale == 0u);
}

BOOST_AUTO_TEST_CASE(what_direct_deletes_leave_stale_in_a_fleet_goes_within_the_fence_ttl) {
  if (!is_installed("memcached")) return;
  const fleet servers;
  BOOST_TEST(race_of<memcached_fleet>(servers, true).stale_unbounded == 0u);
}

BOOST_AUTO_TEST_CASE(a_fills_ttl_is_shortened_by_lot_and_cut_where_deletes_are_not_fenced) {
  constexpr duration hour = std::chrono::hours{1};
  fill_ttl_policy policy;
  policy.direct_deletes = false;
  BOOST_TEST((fill_ttl({}, "a", policy) == duration::zero()));
  BOOST_TEST((fill_ttl(hour, "a", policy) <= hour));
  BOOST_TEST((fill_ttl(hour, "a", policy) >= hour * 9 / 10));
  BOOST_TEST((fill_ttl(hour, "a", policy) != fill_ttl(hour, "b", policy)));
  BOOST_TEST((fill_ttl(hour, "a", policy) == fill_ttl(hour, "a", policy)));
  policy.direct_deletes = true;
  BOOST_TEST((fill_ttl(hour, "a", policy) == policy.fence_ttl));
  BOOST_TEST((fill_ttl({}, "a", policy) == policy.fence_ttl));
  BOOST_TEST((fill_ttl(std::chrono::seconds{1}, "a", policy) <= std::chrono::seconds{1}));
  policy.live_delete = fence::generation;
  BOOST_TEST((fill_ttl({}, "a", policy) == duration::zero()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
